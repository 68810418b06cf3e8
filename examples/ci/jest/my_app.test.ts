import { HeygenMock } from "./heygen_mock"; // clients/typescript/heygen_mock.ts
import { MyApp } from "./my_app";

let mock: HeygenMock;
beforeAll(async () => { mock = await HeygenMock.start(); });
afterAll(() => mock.stop());

test("refreshes after ten days", async () => {
  const box = await mock.sandbox();
  const app = new MyApp(box.url);
  await app.logIn(box);
  await box.advance("10d");
  expect(await app.whoAmI()).toMatch(/@/);
  await box.verify({ endpoint: "refresh" }, { min: 1, max: 1 });
});

test("a lost refresh answer asks for a new login", async () => {
  const box = await mock.sandbox();
  await box.play("refresh-response-lost-after-commit");
  const app = new MyApp(box.url);
  await app.logIn(box);
  await box.advance("10d");
  await expect(app.whoAmI()).rejects.toThrow(/log in/);
});
