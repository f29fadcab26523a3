/**
 * What the browser keeps while its tab lives: the credential and the chosen session. Session storage, not local storage: closing the tab signs out.
 */
const CREDENTIAL = 'symphainy.credential';
const SESSION = 'symphainy.session';

export const storedAccount = {
  credential: (): string | undefined => sessionStorage.getItem(CREDENTIAL) ?? undefined,
  sessionId: (): string | undefined => sessionStorage.getItem(SESSION) ?? undefined,
  keepCredential: (credential: string): void => sessionStorage.setItem(CREDENTIAL, credential),
  keepSession: (sessionId: string): void => sessionStorage.setItem(SESSION, sessionId),
  forget: (): void => {
    sessionStorage.removeItem(CREDENTIAL);
    sessionStorage.removeItem(SESSION);
  },
};
