#!/usr/bin/env python3
"""`env --shell powershell` is PowerShell, by the grammar that VS Code has for it, and assigns what
`env --shell json` says, a quote in a value included. Where pwsh is installed, tests/interception_test.sh
runs it too.

    tests/powershell_env_test.py HEYGEN_MOCK_SERVER
"""
import json, pathlib, shutil, subprocess, sys, tempfile

import node_modules

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLACE = ROOT / "build/powershell"


def main(server):
    why = node_modules.install(PLACE, {"@vscode/tree-sitter-wasm": "0.3.1"})
    if why:
        print("skipped: " + why)
        return 77
    shutil.copy(ROOT / "tests/powershell_env.mjs", PLACE)
    with tempfile.TemporaryDirectory(prefix="it's $HOME ") as state:
        ready = pathlib.Path(state, "ready.json")
        mock = subprocess.Popen([server, "--listen", "127.0.0.1:0", "--proxy", "127.0.0.1:0", "--state-dir", state,
                                 "--ready-file", ready, "--log", "off"], stdout=subprocess.PIPE)
        try:
            mock.stdout.readline()
            printed = {shell: subprocess.run([server, "env", "--ready-file", ready, "--state-dir", state,
                                              "--shell", shell], check=True, capture_output=True).stdout
                       for shell in ("powershell", "json")}
        finally:
            mock.terminate()
            mock.wait()
    node = [node_modules.bin_of(PLACE) / "node", PLACE / "powershell_env.mjs"]
    run = subprocess.run(node, input=printed["powershell"], capture_output=True)
    assert run.returncode == 0, run.stderr.decode()
    got, wanted = json.loads(run.stdout), json.loads(printed["json"])
    assert got == wanted, f"{got}\n{wanted}"
    assert any("'" in value for value in got.values()), "no value with a quote was tried"
    broken = subprocess.run(node, input=printed["powershell"].replace(b"''", b"'"), capture_output=True)
    assert broken.returncode != 0, "the reader takes anything"
    print(f"{len(got)} variables, read as PowerShell by VS Code's grammar")
    return 0


sys.exit(main(sys.argv[1]))
