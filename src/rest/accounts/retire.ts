import { z } from "zod";
import { userNamedFirst } from "../../reads/accounts/users";
import { isRetiredName, retiredNames } from "../../rules/accounts/retired-names";
import { retireUser } from "../../use-cases/accounts/retire-user";
import { detail, RestFault, type RestAnswer, type RestRequest } from "../answer";
import { fieldsBy, username } from "../fields";
import { notFound } from "../read";

const ACCOUNT = z.object({ username });

/**
 * Forgets the user of an account that the LMS retires. It is found by its username, or, when the LMS asks again, by the
 * retired one, which the salts give: nothing here remembers the old one.
 */
export async function retire(request: RestRequest): Promise<RestAnswer> {
  const { username: asked } = fieldsBy(ACCOUNT, request);
  const { db, config } = request.app;
  const names = retiredNames(asked, config.retirement);
  const [newest] = names;
  if (newest === undefined)
    throw new RestFault(
      detail(501, "RETIRED_USER_SALTS is not set, so this service cannot tell the retired username."),
    );
  const account = await userNamedFirst(db, [asked, ...names]);
  if (!account) throw notFound();
  const isRetired = isRetiredName(account.username, config.retirement);
  await retireUser(request, {
    userId: account.id,
    retiredUsername: isRetired ? account.username : newest,
  });
  return { status: 204 };
}
