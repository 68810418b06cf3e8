// What the apps here share beside their libraries: settings, and one call to the API.
export const env = process.env;
export const callbackPath = new URL(env.REDIRECT).pathname;

// A redirect is an answer like any other. The page says the status and nothing else.
export async function callApi(accessToken) {
  if (!accessToken) return 401;
  try {
    const headers = { Authorization: `Bearer ${accessToken}` };
    const signal = AbortSignal.timeout(10_000);
    const answer = await fetch(`${env.API_URL}/v1/user/me`, { headers, signal, redirect: "manual" });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 502; // no answer, or a token that no header can hold
  }
}
