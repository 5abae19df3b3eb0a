import assert from "node:assert/strict";
import { test } from "node:test";
import { checkLocales, localeTable } from "../../tools/locale.mjs";

const english = { "call.mute": "Mute", "call.with": "With {name}", "chat.unread": { one: "{count} message", other: "{count} messages" }, "time.month.1": "Jan" };
const source = { file: "shell/screens/call.cpp", text: 'tr("call.mute"); tr("call.with"); text_for("chat.unread", 2); tr("time.month." + n);' };

test("a language becomes lines of key and text, one for each plural form", () => {
  assert.equal(localeTable({ a: "x\ny\t\\", b: { one: "1", other: "n" } }), "a\tx\\ny\\t\\\\\nb#one\t1\nb#other\tn\n");
});

test("what is whole has no faults", () => assert.deepEqual(checkLocales({ en: english }, [source]), []));

test("a key that no source names is found, and a name that is no key", () => {
  assert.deepEqual(checkLocales({ en: english }, [{ ...source, text: source.text.replace("call.mute", "call.mutt") }]), [
    "shell/screens/call.cpp: 'call.mutt' is no key of en",
    "en: 'call.mute' is used nowhere",
  ]);
});

test("literals of other things are no keys", () => {
  assert.deepEqual(checkLocales({ en: english }, [source, { file: "shell/a.cpp", text: '#include "shell/app.hpp"\nload("en.json")' }]), []);
});

test("a language has all keys of English, its places, and the plural forms that it tells apart", () => {
  const de = { "call.mute": "Stumm", "call.with": "Mit {nam}", "chat.unread": { other: "{count} Nachrichten" }, "call.more": "Mehr" };
  assert.deepEqual(checkLocales({ en: english, de }, [source]), [
    "de: 'call.more' is no key of en",
    "de: 'call.with' has the places {nam}, en has {name}",
    "de: 'chat.unread' has no form for one",
    "de: 'time.month.1' is missing",
  ]);
});

test("Japanese needs one form, Arabic six", () => {
  const one = { "chat.unread": { other: "{count}" } };
  const two = { "chat.unread": english["chat.unread"] };
  const file = { file: "shell/a.cpp", text: '"chat.unread"' };
  assert.deepEqual(checkLocales({ en: two, ja: one }, [file]), []);
  assert.deepEqual(checkLocales({ en: two, ar: one }, [file]), ["ar: 'chat.unread' has no form for few, many, one, two, zero"]);
});
