const TOKEN = "entitlements.token";

/** Who is signed in: a token that the reader has given, kept in this tab alone, or else the cookies of the LMS. */
export const session = {
  get token(): string | null {
    return sessionStorage.getItem(TOKEN);
  },
  signIn(token: string): void {
    sessionStorage.setItem(TOKEN, token.replace(/^(JWT|Bearer)\s+/i, "").trim());
  },
  signOut(): void {
    sessionStorage.removeItem(TOKEN);
  },
  /** The headers by which the server knows the reader. */
  get headers(): Record<string, string> {
    return this.token ? { authorization: `JWT ${this.token}` } : { "use-jwt-cookie": "true" };
  },
};

/** A demo account that a development server offers to this machine. */
export interface Account {
  part: "learner" | "support" | "staff";
  username: string;
  /** The token of the account. */
  token: string;
}

/** The demo accounts, of which there are none in production. */
export async function demoAccounts(): Promise<Account[]> {
  try {
    const answer = await fetch(`${import.meta.env.BASE_URL}accounts.json`);
    return (await answer.json()) as Account[];
  } catch {
    return []; // a copy of the console that a plain file server serves
  }
}
