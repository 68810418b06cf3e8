// Reads what `env --shell powershell` prints by the grammar that VS Code has for PowerShell, and prints
// what it assigns, as JSON. Refuses whatever is not `$env:NAME = 'text'`.
//   node powershell_env.mjs <env.ps1     (beside node_modules)
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const { Language, Parser } = createRequire(import.meta.url)('@vscode/tree-sitter-wasm')
const folder = new URL('node_modules/@vscode/tree-sitter-wasm/wasm/', import.meta.url).pathname
await Parser.init({ locateFile: (file) => folder + file })
const parser = new Parser()
parser.setLanguage(await Language.load(folder + 'tree-sitter-powershell.wasm'))

const { rootNode } = parser.parse(readFileSync(0, 'utf8'))
if (rootNode.hasError) throw new Error('no PowerShell: ' + rootNode.toString())
const assigned = {}
for (const statement of rootNode.namedChildren.flatMap((list) => list.namedChildren)) {
  const [assignment] = statement.namedChildren
  const [variable, value] = ['variable', 'verbatim_string_characters'].map((type) => assignment.descendantsOfType(type))
  if (assignment.type !== 'assignment_expression' || variable.length !== 1 || value.length !== 1) {
    throw new Error('no assignment of a verbatim string: ' + statement.text)
  }
  // about_Quoting_Rules: between single quotes nothing is special but '', which stands for one.
  assigned[variable[0].text.replace('$env:', '')] = value[0].text.slice(1, -1).replaceAll("''", "'")
}
console.log(JSON.stringify(assigned))
