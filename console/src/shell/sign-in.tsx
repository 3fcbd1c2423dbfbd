import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Button, Form, Label, Text, TextArea, TextField } from "react-aria-components";
import { useClient } from "urql";
import { deployment } from "../api/deployment";
import { demoAccounts, session, type Account } from "../api/session";
import { Avatar } from "../ui/avatar";
import { Icon } from "../ui/icon";
import { LanguageChoice } from "../ui/language-choice";
import { t } from "../words/words";
import { Who } from "./who";

/** The page to sign in: demo accounts in development, the cookies of the LMS, or a token. */
export function SignIn() {
  const { back } = useSearch({ from: "/signin" });
  const [accounts, setAccounts] = useState<Account[]>([]);
  const [isRefused, setRefused] = useState(false);
  const [token, setToken] = useState("");
  const client = useClient();
  const navigate = useNavigate();
  useEffect(() => void demoAccounts().then(setAccounts), []);

  const signIn = async (given: string | null) => {
    if (given) session.signIn(given);
    else session.signOut();
    const { data } = await client.query(Who, {}, { requestPolicy: "network-only" });
    setRefused(!data?.viewer);
    if (data?.viewer) await navigate({ href: back?.startsWith("/") ? back : "/" });
    else session.signOut();
  };
  return (
    <main className="sign-in">
      <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" width={44} height={44} />
      <h1>{t("signIn.title")}</h1>
      <p className="muted">{t("signIn.lead")}</p>
      {isRefused && (
        <p role="alert" className="banner bad">
          {t("signIn.refused")}
        </p>
      )}
      {accounts.length > 0 && (
        <section className="card" aria-labelledby="demo">
          <h2 id="demo">{t("signIn.demo")}</h2>
          <p className="muted small">{t("signIn.demoHint")}</p>
          {accounts.map((account) => (
            <Button key={account.username} className="row-button" onPress={() => void signIn(account.token)}>
              <Avatar name={account.username} isLarge />
              <span>
                <b>{t("signIn.as", { name: account.username })}</b>
                <small>{t(`signIn.part.${account.part}`)}</small>
              </span>
              <Icon name="chevron" size={16} />
            </Button>
          ))}
        </section>
      )}
      <section className="card">
        {deployment.cookies !== false && (
          <>
            <Button className="button wide" onPress={() => void signIn(null)}>
              {t("signIn.lms")}
            </Button>
            <p className="muted small">{t("signIn.lmsHint")}</p>
          </>
        )}
        <Form
          onSubmit={(event) => {
            event.preventDefault();
            void signIn(token);
          }}
        >
          <TextField className="field" value={token} onChange={setToken}>
            <Label>{t("signIn.token")}</Label>
            <TextArea rows={3} spellCheck="false" autoComplete="off" />
            <Text slot="description" className="muted small">
              {t("signIn.tokenHint")}
            </Text>
          </TextField>
          <Button type="submit" className="button primary wide" isDisabled={!token.trim()}>
            {t("signIn.withToken")}
          </Button>
        </Form>
      </section>
      <LanguageChoice />
    </main>
  );
}
