import { instant, type Call, type Reply } from "../http/call";
import type { FakeUser } from "../world/world";

/** Accounts by their usernames, or by an e-mail address or a user id; those that do not exist are left out. */
export function accountList({ world, caller, url }: Call): Reply {
  const { searchParams: query } = url;
  const [usernames, email, id] = ["username", "email", "lms_user_id"].map((name) => query.get(name));
  if (!usernames && !email && id && !/^\d+$/.test(id)) return { status: 400 };
  if (!usernames && email?.startsWith("retired__"))
    return {
      status: 404,
      body: {
        error_msg: "This email is associated to a retired account.",
        can_cancel_retirement: true,
        retirement_id: null,
      },
    };
  const users = [...world.users.values()].filter((user) => {
    if (usernames) return usernames.toLowerCase().split(",").includes(user.username.toLowerCase());
    if (email) return user.email === email.trim();
    return id ? user.id === id : user === caller;
  });
  if (users.length === 0) return { status: 404 };
  return { status: 200, body: users.map((user) => accountBody(user, caller!, url)) };
}

/** One account by its username. */
export function oneAccount({ world, caller, url, parts: [username] }: Call): Reply {
  const user = world.users.get(username!.toLowerCase());
  return user ? { status: 200, body: accountBody(user, caller!, url) } : { status: 404 };
}

/** Staff, and everyone of themselves, are told everything; others what is public. */
function accountBody({ id, username, email, name, isActive }: FakeUser, caller: FakeUser, url: URL): object {
  const images = ["full", "large", "medium", "small"].map((size) => [
    `image_url_${size}`,
    `${url.origin}/static/images/profiles/default_${size}.png`,
  ]);
  const open = {
    username,
    profile_image: { has_image: false, ...(Object.fromEntries(images) as object) },
    account_privacy: "private",
  };
  if (!caller.isStaff && caller.username !== username) return open;
  return {
    ...open,
    email,
    id: Number(id),
    date_joined: instant(new Date("2020-05-17T08:30:00Z")),
    last_login: instant(new Date("2025-11-02T19:04:11.123Z")),
    is_active: isActive,
    bio: `The biography of ${name}`,
    country: "FR",
    state: null,
    language_proficiencies: [{ code: "fr" }],
    name,
    gender: "o",
    goals: "To learn",
    year_of_birth: 1985,
    level_of_education: "m",
    mailing_address: `12 Example Street, for ${name}`,
    requires_parental_consent: false,
    social_links: [{ platform: "linkedin", social_link: `https://www.linkedin.com/in/${username}` }],
    extended_profile: [],
    phone_number: "+33123456789",
    pending_name_change: null,
    verified_name: name,
    secondary_email: null,
    secondary_email_enabled: null,
    activation_key: null,
  };
}
