/** Words that the glossary replaces: redeem, leave, revoke, reissue, refund, run, learner, account, entry, catalog. */
const REPLACED_WORDS =
  /\b((pa(y|ys|id|ying)|tak(e|es|en|ing)|took|g(ive|ives|iven|iving)|gave) (it |them |entitlements? |an entitlement |the entitlement |the order )?back|anew|money|(un)?spent|spend(s|ing)?|unenroll(s|ed|ing)?|catalogues?|somebody|anybody|whom|persons?|doors?|course keys?|under way)\b/gi;

/** The words of a text that the glossary replaces. Code in backquotes is not English. */
export function replacedWordsIn(text: string): string[] {
  return text.replaceAll(/```[^]*?```|`[^`]*`/g, "it").match(REPLACED_WORDS) ?? [];
}
