/** What `console.json` tells, so that a copy of the console can belong to another deployment. */
export interface Deployment {
  /** Where the server answers. */
  api: string;
  /** Whether documents are sent by their ids, because the server executes only those that it knows. */
  documents?: "ids";
  /** Whether the cookies of the LMS may sign a reader in; they may unless this is false. */
  cookies?: boolean;
  /** The address of a style sheet with the colors of an installation. */
  brand?: string;
}

/** The deployment that this console belongs to. */
export const deployment = await deploymentOf(location.href);

async function deploymentOf(page: string): Promise<Deployment> {
  const answer = await fetch(`${import.meta.env.BASE_URL}console.json`, { cache: "no-cache" });
  const told = (await answer.json()) as Deployment;
  return { ...told, api: new URL(told.api, page).href };
}
