// The TypeScript client against the program, by node --test; HEYGEN_MOCK_SERVER names it.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";

import { HeygenMock, MockError, NotMet, pkce } from "./heygen_mock.ts";
import type { Authorization, Sandbox } from "./heygen_mock.ts";

const REDIRECT = "http://127.0.0.1:3000/callback";
let mock: HeygenMock;
let box: Sandbox;
before(async () => {
  mock = await HeygenMock.start();
});
after(async () => {
  assert.equal(await mock.stop(), 0);
});
beforeEach(async () => {
  box = await mock.sandbox();
});

const post = (form: Record<string, string>): Promise<Response> =>
  fetch(`${box.url}/v1/oauth/token`, { method: "POST", body: new URLSearchParams(form) });
const exchange = (given: Authorization, verifier = given.code_verifier ?? ""): Promise<Response> =>
  post({ grant_type: "authorization_code", client_id: "demo", code: given.code, redirect_uri: REDIRECT,
         code_verifier: verifier });
const whoAmI = async (token: string): Promise<number> =>
  (await fetch(`${box.url}/v1/user/me`, { headers: { Authorization: `Bearer ${token}` } })).status;

test("a login lives ten days", async () => {
  const given = await box.authorize({ state: "xyz" });
  assert.equal(given.state, "xyz");
  assert.ok(given.redirect_to.startsWith(`${REDIRECT}?code=`));
  const tokens = (await (await exchange(given)).json()) as { access_token: string; expires_in: number };
  assert.equal(tokens.expires_in, 864000);
  assert.equal(await whoAmI(tokens.access_token), 200);
  await box.advance("10d");
  assert.equal(await whoAmI(tokens.access_token), 401);
  assert.match((await box.journal({ outcome: "unauthorized" }))[0]?.why ?? "", /expired/);
});

test("a verifier of one's own is checked", async () => {
  const own = pkce();
  const given = await box.authorize({ code_challenge: own.challenge, code_challenge_method: "S256" });
  assert.equal(given.code_verifier, undefined);
  assert.equal((await exchange(given, "x".repeat(43))).status, 400);
  assert.equal((await exchange(given, own.verifier)).status, 200);
});

test("a user can deny", async () => {
  assert.equal((await box.authorize({ decision: "deny" })).error, "access_denied");
});

test("the clock can be set and frozen", async () => {
  assert.match(await box.setTime("2030-01-01T00:00:00Z"), /^2030-01-01T00/);
  const frozen = await box.freeze();
  assert.equal(await box.now(), frozen);
  assert.match(await box.advance("-1h"), /^2029-12-31T23/);
  await box.freeze(false);
});

test("sandboxes do not see one another, and a seed repeats", async () => {
  const first = await (await mock.sandbox("seeded", { seed: 7 })).mint();
  const again = await mock.sandbox("seeded", { seed: 7 });
  assert.deepEqual(await again.tokens(), []);
  assert.equal((await again.mint()).access_token, first.access_token);
  assert.deepEqual(await box.tokens(), []);
  await again.delete();
});

test("tokens die while they look healthy", async () => {
  const minted = await box.mint();
  assert.equal(await whoAmI(minted.access_token), 200);
  assert.equal((await box.expire(minted.access_token_id)).status, "expired");
  assert.equal(await whoAmI(minted.access_token), 401);
  await box.revoke(minted.refresh_token_id);
  assert.equal((await box.tokens({ status: "revoked", kind: "refresh" })).length, 1);
  await box.mint();
  assert.equal(await box.expireAll({ kind: "access" }), 1);
  const values = (await box.tokens({ reveal: 1 })).map((token) => token.value);
  assert.ok(values.includes(minted.access_token));
});

test("a fault fires as often as it should", async () => {
  const id = await box.fault({ on: { endpoint: "token" }, do: { status: 503 }, times: 1 });
  assert.equal((await exchange(await box.authorize())).status, 503);
  assert.equal((await exchange(await box.authorize())).status, 200);
  assert.equal((await box.faults())[0]?.fired, 1);
  await box.removeFault(id);
  assert.deepEqual(await box.faults(), []);
  await box.fault({ do: { connection: "reset" }, when: { nth: 2 } });
  await box.removeFaults();
  assert.deepEqual(await box.faults(), []);
});

test("scenarios by name and of one's own", async () => {
  await box.play("user-denies");
  assert.equal((await box.call<{ approve: string }>("GET", "config")).approve, "deny");
  await box.play({ summary: "no rotation", policies: { rotation: "omit" } });
  const refreshed = await post({ grant_type: "refresh_token", client_id: "demo",
                                 refresh_token: (await box.mint()).refresh_token });
  assert.equal("refresh_token" in ((await refreshed.json()) as object), false);
  await assert.rejects(box.play("no-such-scenario"), (error: MockError) => error.status === 404);
});

test("verify says what came close", async () => {
  await box.authorize();
  await box.verify({ endpoint: "authorize" }, { min: 1, max: 1 });
  await assert.rejects(box.verify({ endpoint: "refresh" }, { min: 1 }), (error: NotMet) => {
    assert.ok(error instanceof NotMet);
    assert.match(error.message, /GET \/oauth\/authorize: 302 ok/);
    assert.equal(error.nearest[0]?.differs[0]?.got, "authorize");
    return true;
  });
  await exchange(await box.authorize());
  await box.verify({}, undefined, { order: [{ endpoint: "authorize" }, { endpoint: "token" }] });
  const last = (await box.journal()).at(-1)?.seq ?? 0;
  await box.verify({ endpoint: "token" }, { max: 0 }, { after: last });
  await box.clearJournal();
  assert.deepEqual(await box.journal(), []);
  await assert.rejects(box.verify({ endpoint: "no-such" }), MockError);
});

test("configuration and clients; what is refused says where", async () => {
  assert.equal((await box.configure({ profile: "strict" }))["profile"], "strict");
  await box.putClient("web", { redirect_uris: ["https://app.example/cb"], secret: "s3cret" });
  assert.ok((await box.authorize({ client_id: "web", redirect_uri: "https://app.example/cb" })).code);
  await box.reset();
  await assert.rejects(box.call("PATCH", "config", { colour: "red" }), (error: MockError) => {
    assert.equal(error.status, 400);
    assert.equal(error.problem.key, "colour");
    assert.match(error.message, /colour/);
    return true;
  });
});

test("flags are passed on, and the admin token is sent", async () => {
  const own = await HeygenMock.start({ flags: ["--profile", "strict", "--admin-token", "t0p"] });
  try {
    const world = await own.sandbox();
    assert.equal((await world.call<{ profile: string }>("GET", "config")).profile, "strict");
    await assert.rejects(new HeygenMock(own.url).sandbox(), (error: MockError) => error.status === 401);
    assert.ok(await (await new HeygenMock({ url: `${own.url}/`, admin_token: "t0p" }).sandbox()).now());
  } finally {
    assert.equal(await own.stop(), 0);
  }
  assert.throws(() => process.kill(own.ready.pid ?? 0, 0));
});

test("what does not start says why", async () => {
  await assert.rejects(HeygenMock.start({ program: "/no/such/program" }), /HEYGEN_MOCK_SERVER/);
  await assert.rejects(HeygenMock.start({ flags: ["--profile", "lax"] }), /--profile/);
  const folder = mkdtempSync(join(tmpdir(), "heygen-mock-test-"));
  try {
    const silent = join(folder, "silent");
    writeFileSync(silent, "#!/bin/sh\nexec tail -f /dev/null\n");
    chmodSync(silent, 0o755);
    await assert.rejects(HeygenMock.start({ program: silent, timeoutMs: 200 }), /not ready after 200 ms/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a run that forgets to stop it ends, and the mock with it", () => {
  const client = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "./heygen_mock.ts" : "./heygen_mock.js",
                                       import.meta.url));
  const script = `import { HeygenMock } from ${JSON.stringify(client)};
    console.log((await HeygenMock.start()).ready.pid);`;
  const pid = execFileSync(process.execPath, [...process.execArgv, "--input-type=module", "-e", script],
                           { encoding: "utf8", timeout: 30_000 });
  const gone = spawnSync("timeout", ["20", "tail", `--pid=${pid.trim()}`, "-f", "/dev/null"]);
  assert.equal(gone.status, 0);
});
