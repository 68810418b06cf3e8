// Stands for your application: logs in, calls the API, refreshes after a 401.
import type { Sandbox } from "./heygen_mock";

export class MyApp {
  private tokens: Record<string, string> = {};
  constructor(private readonly base: string) {}

  /** By the mock's own user, who needs no browser. */
  async logIn(box: Sandbox): Promise<void> {
    const given = await box.authorize();
    this.tokens = await this.post({
      grant_type: "authorization_code", code: given.code, code_verifier: given.code_verifier ?? "",
      redirect_uri: "http://127.0.0.1:3000/callback",
    });
  }
  async whoAmI(): Promise<string> {
    let answer = await this.me();
    if (answer.status === 401) {
      this.tokens = await this.post({ grant_type: "refresh_token", refresh_token: this.tokens["refresh_token"] ?? "" });
      answer = await this.me();
    }
    return (await answer.json()).data.email;
  }
  private me(): Promise<Response> {
    return fetch(`${this.base}/v1/user/me`, { headers: { Authorization: `Bearer ${this.tokens["access_token"]}` } });
  }
  private async post(form: Record<string, string>): Promise<Record<string, string>> {
    const body = new URLSearchParams({ client_id: "demo", ...form });
    const answer = await fetch(`${this.base}/v1/oauth/token`, { method: "POST", body }).catch(() => undefined);
    if (!answer?.ok) throw new Error("please log in again");
    return answer.json();
  }
}
