/**
 * heygen-mock-server for tests in TypeScript: this file alone, nothing but Node (18+).
 *
 *     const mock = await HeygenMock.start();
 *     const box = await mock.sandbox();       // a world of its own: give each test one
 *     const app = new MyApp({ baseUrl: box.url });
 *     await box.advance("10d");
 *     await box.verify({ endpoint: "refresh" }, { min: 1 });
 *     await mock.stop();
 *
 * Copy it into your tests. Each method is one call of the control API; GET /_mock/openapi.json has
 * them all, and `Sandbox.call` makes those that have no method here. Its types can be erased, so
 * Node runs it as it is from 22.18 on.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Endpoint =
  | "token" | "refresh" | "authorize" | "revoke" | "device" | "api" | "metadata" | "registration" | "any";
export type Profile = "heygen" | "strict" | "lenient";
export type Policies = Record<string, string | number | null>;

export interface FaultScope {
  endpoint?: Endpoint;
  grant_type?: string;
  client_id?: string;
  path?: string;
}
export type FaultWhen =
  | { nth: number } | { first: number } | { every: number } | { after: number }
  | { probability: number; seed?: number } | Record<string, never>;
export interface FaultAction {
  stage?: "before" | "after_commit";
  delay?: string;
  jitter?: string;
  status?: number;
  oauth_error?: string;
  description?: string;
  headers?: Record<string, string>;
  body?: string;
  content_type?: string;
  retry_after?: string;
  dribble?: { bytes: number; every: string };
  connection?: "reset" | "close" | "empty" | "truncate";
  malformed?: "json" | "html" | "empty-object";
  patch?: Record<string, unknown>;
  echo_secrets?: boolean;
  redirect?: { drop?: string[]; set?: Record<string, string>; duplicate?: string[] };
  barrier?: { parties: number; timeout: string };
}
export interface Fault {
  do: FaultAction;
  on?: FaultScope;
  when?: FaultWhen;
  times?: number;
  expires_after?: string;
}
export interface ArmedFault extends Fault {
  id: string;
  matched: number;
  fired: number;
  remaining: number | null;
}
export interface Scenario {
  summary: string;
  description?: string;
  clients?: object[];
  policies?: Policies;
  approve?: "auto" | "ask" | "deny";
  clock?: object;
  faults?: Fault[];
}
export interface AuthorizeRequest {
  client_id?: string;
  redirect_uri?: string;
  state?: string;
  scope?: string;
  response_type?: string;
  code_challenge?: string;
  code_challenge_method?: string;
  decision?: "approve" | "deny";
  user?: string;
}
/** `code_verifier` is there when the request had no challenge, and one was made up. */
export interface Authorization {
  redirect_to: string;
  code: string;
  state: string | null;
  error?: string;
  error_description?: string;
  code_verifier?: string;
}
export interface MintedTokens {
  token_type: "Bearer";
  access_token: string;
  expires_in: number;
  refresh_token: string;
  access_token_id: string;
  refresh_token_id: string;
  grant: number;
}
export interface Token {
  id: string;
  kind: "access" | "refresh";
  client_id: string;
  user: string;
  scope: string;
  status: "active" | "expired" | "revoked" | "used";
  issued_at: string;
  expires_at: string | null;
  parent: string | null;
  grant: number;
  value?: string;
}
export interface Exchange {
  seq: number;
  time: string;
  wall: string;
  endpoint: string;
  method: string;
  path: string;
  client_id: string | null;
  grant_type: string | null;
  request: { headers: Record<string, unknown>; params: Record<string, unknown>; body?: unknown };
  response: { status: number; headers: Record<string, unknown>; body?: unknown };
  outcome: string;
  why: string;
  fault_id: string | null;
  tokens: { used: string[]; issued: string[] };
}
export interface ExchangeMatch {
  endpoint?: string;
  client_id?: string;
  grant_type?: string;
  method?: string;
  path?: string;
  outcome?: string;
  status?: number;
  fault_id?: string;
  params?: Record<string, string | { fingerprint: string } | { present: boolean }>;
}
export interface NearMiss {
  seq: number;
  exchange: string;
  why: string;
  differs: { field: string; wanted: unknown; got: unknown }[];
}
/** RFC 9457. */
export interface Problem {
  title?: string;
  detail?: string;
  key?: string;
  met?: boolean;
  message?: string;
  nearest?: NearMiss[];
}
export interface SandboxSettings {
  seed?: number;
  profile?: Profile;
  approve?: "auto" | "ask" | "deny";
  policies?: Policies;
  clients?: object[];
  faults?: Fault[];
}
/** As in the ready file. */
export interface Ready {
  url: string;
  https_url?: string | null;
  proxy_url?: string | null;
  ca_file?: string | null;
  pid?: number;
  admin_token?: string | null;
}
type Query = Record<string, string | number>;

/** The mock refused a call, or could not be started. */
export class MockError extends Error {
  readonly status: number;
  readonly problem: Problem;
  constructor(message: string, status = 0, problem: Problem = {}) {
    super(message);
    this.name = "MockError";
    this.status = status;
    this.problem = problem;
  }
}

/** verify: what happened is not what was expected. `nearest` holds what came close. */
export class NotMet extends Error {
  readonly nearest: NearMiss[];
  constructor(problem: Problem) {
    const nearest = problem.nearest ?? [];
    const misses = nearest.map((miss) => `  ${miss.seq}: ${miss.exchange}: ${miss.why}`);
    super([problem.message ?? "not met", ...misses].join("\n"));
    this.name = "NotMet";
    this.nearest = nearest;
  }
}

/** A verifier and its S256 challenge (RFC 7636). */
export function pkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** A clock, clients, tokens, faults and a journal of its own. `url` stands for the vendor. */
export class Sandbox {
  readonly name: string;
  readonly url: string;
  readonly #mock: HeygenMock;
  constructor(mock: HeygenMock, name: string) {
    this.#mock = mock;
    this.name = name;
    this.url = `${mock.url}/s/${name}`;
  }

  // --- time: this clock alone decides what has expired ---
  async now(): Promise<string> {
    return (await this.call<{ now: string }>("GET", "clock")).now;
  }
  /** `10d`, `1h30m`, `-5m`; the time it is then. */
  async advance(duration: string): Promise<string> {
    return (await this.call<{ now: string }>("POST", "clock", { advance: duration })).now;
  }
  async setTime(instant: string): Promise<string> {
    return (await this.call<{ now: string }>("POST", "clock", { set: instant })).now;
  }
  async freeze(frozen = true): Promise<string> {
    return (await this.call<{ now: string }>("POST", "clock", { freeze: frozen })).now;
  }

  // --- logins and tokens without a browser ---
  /** The authorize request and the user's decision. */
  async authorize(request: AuthorizeRequest = {}): Promise<Authorization> {
    const asked = { client_id: "demo", redirect_uri: "http://127.0.0.1:3000/callback", ...request };
    if (asked.code_challenge !== undefined) return this.call("POST", "authorize", asked);
    const { verifier, challenge } = pkce();
    const given = await this.call<Authorization>("POST", "authorize", {
      ...asked, code_challenge: challenge, code_challenge_method: "S256",
    });
    return { ...given, code_verifier: verifier };
  }
  /** A pair of tokens as if after a login. */
  mint(more: { client_id?: string; user?: string; scope?: string; access_ttl_s?: number;
               refresh_ttl_s?: number } = {}): Promise<MintedTokens> {
    return this.call("POST", "tokens", { client_id: "demo", ...more });
  }
  /** With their lineage; `{reveal: 1}` with their values. */
  async tokens(only: { reveal?: 0 | 1; client_id?: string; user?: string; kind?: Token["kind"];
                       status?: Token["status"] } = {}): Promise<Token[]> {
    return (await this.call<{ tokens: Token[] }>("GET", "tokens", undefined, only)).tokens;
  }
  /** Dead at the server, though its expires_in still looks healthy to the client. */
  expire(tokenId: string): Promise<Token> {
    return this.call("POST", `tokens/${encodeURIComponent(tokenId)}/expire`);
  }
  revoke(tokenId: string): Promise<Token> {
    return this.call("POST", `tokens/${encodeURIComponent(tokenId)}/revoke`);
  }
  async expireAll(only: { client_id?: string; user?: string; kind?: Token["kind"] } = {}): Promise<number> {
    return (await this.call<{ expired: number }>("POST", "tokens/expire-all", undefined, only)).expired;
  }

  // --- what goes wrong ---
  /** `fault({ on: { endpoint: "token" }, do: { status: 503 }, times: 1 })`; its id. */
  async fault(rule: Fault): Promise<string> {
    return (await this.call<ArmedFault>("POST", "faults", rule)).id;
  }
  async faults(): Promise<ArmedFault[]> {
    return (await this.call<{ faults: ArmedFault[] }>("GET", "faults")).faults;
  }
  removeFault(id: string): Promise<void> {
    return this.call("DELETE", `faults/${encodeURIComponent(id)}`);
  }
  removeFaults(): Promise<void> {
    return this.call("DELETE", "faults");
  }
  /** A built-in scenario by name, or one of your own. */
  play(scenario: string | Scenario): Promise<Scenario> {
    return typeof scenario === "string"
      ? this.call("POST", `scenarios/${encodeURIComponent(scenario)}`)
      : this.call("POST", "scenarios", scenario);
  }

  // --- what happened ---
  /** Each entry says why; secrets are fingerprints, equal for equal secrets. */
  async journal(only: { after?: number; limit?: number; endpoint?: string; client_id?: string;
                        outcome?: string; grant_type?: string; path?: string } = {}): Promise<Exchange[]> {
    return (await this.call<{ entries: Exchange[] }>("GET", "journal", undefined, only)).entries;
  }
  clearJournal(): Promise<void> {
    return this.call("DELETE", "journal");
  }
  /** Throws NotMet, with what came close, unless that many exchanges match. */
  async verify(match: ExchangeMatch, count?: { min?: number; max?: number },
               more: { order?: ExchangeMatch[]; after?: number } = {}): Promise<void> {
    try {
      await this.call("POST", "verify", { match, ...(count ? { count } : {}), ...more });
    } catch (error) {
      if (error instanceof MockError && error.status === 422 && error.problem.met === false) {
        throw new NotMet(error.problem);
      }
      throw error;
    }
  }

  // --- how it behaves ---
  configure(changes: { profile?: Profile; approve?: "auto" | "ask" | "deny"; policies?: Policies;
                       users?: object[]; api_keys?: string[] }): Promise<Record<string, unknown>> {
    return this.call("PATCH", "config", changes);
  }
  putClient(id: string, client: { redirect_uris: string[]; secret?: string; policies?: Policies }):
      Promise<object> {
    return this.call("PUT", `clients/${encodeURIComponent(id)}`, client);
  }
  /** Drops codes, tokens, faults and journal, puts the clock back; keeps the configuration. */
  async reset(): Promise<void> {
    await this.call("POST", "reset");
  }
  delete(): Promise<void> {
    return this.#mock.call("DELETE", `sandboxes/${this.name}`);
  }
  /** Any call of the control API, in this sandbox. */
  call<T = unknown>(method: string, path: string, body?: object, query?: Query): Promise<T> {
    return this.#mock.call<T>(method, path, body, query, `/s/${this.name}`);
  }
}

/** A mock that runs. `start` makes one; `stop` ends it. */
export class HeygenMock {
  readonly url: string;
  readonly ready: Ready;
  #process: ChildProcess | undefined;
  readonly #kill = (): void => void this.#process?.kill("SIGTERM");
  constructor(ready: string | Ready) {
    this.ready = typeof ready === "string" ? { url: ready } : ready;
    this.url = this.ready.url.replace(/\/+$/, "");
  }

  /**
   * Starts the program (else $HEYGEN_MOCK_SERVER, else the one in PATH) on a free port.
   * `flags` are its own: ["--profile", "strict"].
   */
  static async start(options: { program?: string; flags?: string[]; timeoutMs?: number } = {}):
      Promise<HeygenMock> {
    const program = options.program ?? process.env["HEYGEN_MOCK_SERVER"] ?? "heygen-mock-server";
    const folder = await mkdtemp(join(tmpdir(), "heygen-mock-"));
    try {
      const readyFile = join(folder, "ready.json");
      const child = spawn(program, ["--listen", "127.0.0.1:0", "--log", "off", ...(options.flags ?? []),
                                    "--ready-file", readyFile],
                          { stdio: ["ignore", "pipe", "pipe"] });
      await firstLine(child, program, options.timeoutMs ?? 10_000);
      // The ready file is there before that line.
      const mock = new HeygenMock(JSON.parse(await readFile(readyFile, "utf8")) as Ready);
      mock.#process = child;
      // A test run that forgets stop() ends all the same, and the mock with it.
      child.unref();
      for (const pipe of [child.stdout, child.stderr]) (pipe as Socket | null)?.unref();
      process.once("exit", mock.#kill);
      return mock;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Ends what `start` started; its exit code. */
  async stop(): Promise<number | null> {
    const child = this.#process;
    this.#process = undefined;
    process.removeListener("exit", this.#kill);
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    const patience = setTimeout(() => child.kill("SIGKILL"), 10_000);
    try {
      return await ended;
    } finally {
      clearTimeout(patience);
    }
  }

  /** A fresh world. It takes the place of one that has the name. */
  async sandbox(name = `t-${randomBytes(8).toString("hex")}`, settings: SandboxSettings = {}): Promise<Sandbox> {
    await this.call("PUT", `sandboxes/${encodeURIComponent(name)}`, settings);
    return new Sandbox(this, name);
  }

  /** A call of the control API; its JSON. */
  async call<T = unknown>(method: string, path: string, body?: object, query?: Query, prefix = ""): Promise<T> {
    const url = new URL(`${this.url}${prefix}/_mock/${path}`);
    for (const [key, value] of Object.entries(query ?? {})) {
      if (value !== undefined) url.searchParams.set(key, String(value));
    }
    const headers: Record<string, string> = { "Content-Type": "application/json" };
    if (this.ready.admin_token) headers["Authorization"] = `Bearer ${this.ready.admin_token}`;
    const answer = await ask(url, method, headers, body === undefined ? "" : JSON.stringify(body));
    if (answer.status < 300) return (answer.text === "" ? undefined : JSON.parse(answer.text)) as T;
    const problem = parsed(answer.text);
    const at = problem.key ? `${problem.key}: ` : "";
    throw new MockError(`${method} ${path}: ${answer.status}: ${at}${problem.detail ?? ""}`, answer.status, problem);
  }
}

// Not by fetch: a test may have replaced it, or fake timers stop it, and a proxy of the environment
// may be the mock's own.
function ask(url: URL, method: string, headers: Record<string, string>, body: string):
    Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const length = { "Content-Length": String(Buffer.byteLength(body)) };
    const asked = send(url, { method, headers: { ...headers, ...length }, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (part: string) => (text += part));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.on("error", reject);
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

function parsed(text: string): Problem {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function firstLine(child: ChildProcess, program: string, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let out = "";
    let said = "";
    let late = false;
    const patience = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, timeoutMs);
    child.stderr?.on("data", (part: Buffer) => (said += part.toString()));
    child.stdout?.on("data", (part: Buffer) => {
      out += part.toString();
      if (!/^ready .*\n/.test(out)) return;
      clearTimeout(patience);
      resolve();
    });
    child.once("error", (error) => {
      clearTimeout(patience);
      reject(new MockError(`${program} cannot be run (${error.message}): put it into PATH, or name it in HEYGEN_MOCK_SERVER`));
    });
    child.once("close", () => {
      clearTimeout(patience);
      const why = late ? `not ready after ${timeoutMs} ms` : said.trim();
      reject(new MockError(`${program} did not start: ${why}`));
    });
  });
}
