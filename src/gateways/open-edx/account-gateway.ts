/** An account, as far as we need it: no e-mail address and no real name. */
export interface LmsAccount {
  /** The LMS user id, which never changes. */
  id: string;
  /** The username, which may change. */
  username: string;
  isActive: boolean;
}

/** The accounts of an installation. Rejects with HttpFailure when there is no answer that makes sense. */
export interface AccountGateway {
  /** The accounts with these usernames, at most 50; those that do not exist are left out. */
  byUsernames(usernames: readonly string[]): Promise<LmsAccount[]>;
  /** The account with this LMS user id; null when there is none. */
  byId(id: string): Promise<LmsAccount | null>;
}
