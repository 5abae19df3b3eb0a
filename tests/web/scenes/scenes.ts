import type { Facts } from "../../../web/page/facts.ts";
import { people } from "./company.ts";
import type { Stage } from "./stage.ts";

/** A screen in a state: played on a stage of any size, theme and language. */
export interface Scene {
  name: string;
  play: (stage: Stage) => void;
}

type Path = Facts["calls"][number]["path"];

/** Go to a screen of the rail; on a phone by the tabs. */
const screens = ["Contacts", "Chats", "Calls", "Dial pad", "Settings"];
function go(stage: Stage, screen: string): void {
  stage.key(`Alt+${screens.indexOf(screen) + 1}`);
}

function openChat(stage: Stage, name: string): void {
  go(stage, "Chats");
  stage.click("option", name);
}

const aiko = "Aiko Tanaka · 田中 愛子";

/** A talk in which messages were edited, removed and thought of. */
function changedTalk(stage: Stage): void {
  stage.service.talk(
    people.aiko,
    60,
    [
      [people.aiko, "When do we meet about the supplier list?", 900, { y: [{ u: people.me, e: "👀" }] }],
      [people.me, "Shall we say half past ten?", 800, { e: stage.unixS - 700, y: [{ u: people.aiko, e: "👍" }, { u: people.me, e: "🎉" }] }],
      [people.me, "I will bring the numbers of October, too.", 780],
      [people.aiko, "", 500, { z: true }],
      [people.aiko, "Gladly. The list is on the share, in the folder of the warehouse.", 400, { e: stage.unixS - 380, y: [{ u: people.me, e: "❤️" }] }],
      [people.me, "", 300, { z: true }],
      [people.aiko, "See you then", 100],
    ],
    true,
  );
  stage.signIn();
}

/** The menu of the message with this text. */
function openMenu(stage: Stage, text: string): void {
  stage.point("text", text);
  stage.click("button", stage.word("chat.actions"));
}

/** Two minutes of a call with one short bump. */
function seconds(lossPercent: number, jitterMs: number, roundTripMs: number, mos: number): Facts["calls"][number]["seconds"] {
  return Array.from({ length: 120 }, (_, i) => {
    const bump = Math.max(0, 1 - Math.abs(i - 80) / 6);
    const ripple = ((i * 7) % 5) / 10;
    return { loss_percent: lossPercent * (0.4 + ripple + 3 * bump), jitter_ms: jitterMs * (0.8 + ripple / 2 + 2 * bump), round_trip_ms: roundTripMs * (0.97 + ripple / 10), mos: Math.max(1, mos - ripple / 20 - bump * 0.3) };
  });
}

/** Called by somebody, whose call one has answered. @returns its id */
function talk(stage: Stage, user: number, minutes: number): string {
  const call = `call-with-${user}`;
  stage.unixS -= minutes * 60;
  stage.say({ t: "call_incoming", c: call, u: user, o: "v=0", k: "hash" });
  stage.dispatch({ t: "answer_call", call });
  stage.dispatch({ t: "peer_state", call, state: "connected" });
  stage.dispatch({ t: "peer_identity", call, proven: true, reason: "" });
  stage.say({ t: "p", c: [{ u: people.me, b: "call" }, { u: user, b: "call" }] });
  stage.unixS += minutes * 60 + 47;
  stage.settle();
  return call;
}

/** Somebody calls while one writes. */
function ringing(stage: Stage, forwardedBy?: number): void {
  stage.signIn();
  openChat(stage, aiko);
  stage.say({ t: "call_incoming", c: "ringing-call", u: people.dmitry, o: "v=0", k: "hash", f: forwardedBy });
  stage.settle();
}

/** The call as its voice takes this path. */
function onPath(stage: Stage, call: string, path: Path): void {
  const quality = { direct: seconds(0.1, 3, 23, 4.4), relayed: seconds(0.6, 9, 84, 4.1), browser: seconds(2.4, 24, 146, 3.4), unknown: [] }[path];
  stage.facts.calls = [{ call, path, seconds: quality, sent: 0.14, received: 0.62 }];
  stage.dispatch({ t: "peer_levels", call, sent: 0.14, received: 0.62 });
  stage.settle();
}

function withoutCompany(stage: Stage): void {
  stage.service.contacts = stage.service.contacts.slice(0, 1);
  stage.service.history = [];
  stage.service.forgetTalks();
  stage.signIn();
}

function inCall(path: Path): (stage: Stage) => void {
  return (stage) => {
    if (path === "browser") stage.service.hosts = [];
    stage.signIn();
    onPath(stage, talk(stage, people.dmitry, 12), path);
  };
}

function settings(section: string, more?: (stage: Stage) => void): (stage: Stage) => void {
  return (stage) => {
    stage.signIn();
    go(stage, "Settings");
    stage.click("option", stage.word(`settings.${section}`));
    more?.(stage);
  };
}

/** Name and password are right, and a code is wanted. */
function signInWithCode(stage: Stage): void {
  stage.service.secondFactor = { z: true, d: stage.unixS, n: 10 };
  stage.settle();
  stage.type(stage.word("sign_in.user"), "jonas");
  stage.type(stage.word("sign_in.password"), stage.service.password);
  stage.click("button", stage.word("sign_in.go"));
}

function openSecondFactor(stage: Stage): void {
  stage.click("button", stage.word("second_factor.turn_on"));
  stage.type(stage.word("sign_in.password"), stage.service.password);
}
function setUpSecondFactor(stage: Stage): void {
  openSecondFactor(stage);
  stage.click("button", stage.word("second_factor.go_on"));
}
function turnOnSecondFactor(stage: Stage): void {
  setUpSecondFactor(stage);
  stage.type(stage.word("sign_in.code"), stage.service.code);
  stage.submit(stage.word("second_factor.turn_on"));
}

/** Every screen, and of each the states that look different. */
export const scenes: Scene[] = [
  { name: "sign-in", play: (stage) => stage.settle() },
  {
    name: "sign-in-refused",
    play: (stage) => {
      stage.settle();
      stage.type(stage.word("sign_in.user"), "jonas");
      stage.type(stage.word("sign_in.password"), "sidetune");
      stage.click("button", stage.word("sign_in.go"));
    },
  },
  { name: "sign-in-code", play: signInWithCode },
  {
    name: "sign-in-code-wrong",
    play: (stage) => {
      signInWithCode(stage);
      stage.type(stage.word("sign_in.code"), "000000");
      stage.click("button", stage.word("sign_in.go"));
    },
  },
  {
    name: "contacts",
    play: (stage) => {
      stage.signIn();
      if (!stage.phone) stage.click("option", aiko);
    },
  },
  {
    name: "contact-card",
    play: (stage) => {
      stage.signIn();
      stage.click("option", "Maximiliane von Hohenstein-Wittelsbach");
    },
  },
  {
    name: "contact-found",
    play: (stage) => {
      stage.signIn();
      stage.type(stage.word("contacts.find"), "ma");
      if (!stage.phone) stage.point("option", "Maximiliane von Hohenstein-Wittelsbach");
    },
  },
  {
    name: "contact-unknown",
    play: (stage) => {
      stage.signIn();
      stage.type(stage.word("contacts.find"), "Zarathustra");
    },
  },
  {
    name: "chats",
    play: (stage) => {
      stage.signIn();
      go(stage, "Chats");
    },
  },
  {
    name: "chat",
    play: (stage) => {
      stage.signIn();
      openChat(stage, aiko);
      stage.say({ t: "chat_typing_by", c: stage.service.conversationWith(people.aiko), u: people.aiko });
      stage.type(stage.word("chat.write_to", { name: aiko }), "Yes – calling you in a minute");
    },
  },
  {
    name: "chat-changed",
    play: (stage) => {
      changedTalk(stage);
      openChat(stage, aiko);
    },
  },
  {
    name: "chat-menu",
    play: (stage) => {
      changedTalk(stage);
      openChat(stage, aiko);
      openMenu(stage, "Shall we say half past ten?");
    },
  },
  {
    name: "chat-edit",
    play: (stage) => {
      changedTalk(stage);
      openChat(stage, aiko);
      openMenu(stage, "I will bring the numbers of October, too.");
      stage.click("button", stage.word("chat.edit"));
    },
  },
  {
    name: "chat-remove",
    play: (stage) => {
      changedTalk(stage);
      openChat(stage, aiko);
      openMenu(stage, "I will bring the numbers of October, too.");
      stage.click("button", stage.word("chat.remove"));
    },
  },
  {
    name: "chat-search",
    play: (stage) => {
      changedTalk(stage);
      go(stage, "Chats");
      stage.type(stage.word("chat.find"), "list");
      stage.wait(300);
    },
  },
  {
    name: "chat-found",
    play: (stage) => {
      const lines = Array.from({ length: 140 }, (_, i): [number, string, number] => [i % 3 === 0 ? people.me : people.aiko, i === 30 ? "The parking permit is in the drawer of my desk." : `Message ${i + 1} about the inventory`, (150 - i) * 3600]);
      stage.service.forgetTalks();
      stage.service.talk(people.aiko, 3600, lines, true);
      stage.signIn();
      go(stage, "Chats");
      stage.type(stage.word("chat.find"), "parking");
      stage.wait(300);
      stage.click("option", aiko);
      stage.settle();
    },
  },
  {
    name: "chat-waiting",
    play: (stage) => {
      stage.signIn();
      openChat(stage, aiko);
      stage.service.send = "refused";
      stage.dispatch({ t: "send_chat", with: people.aiko, text: "Here is the whole protocol of the meeting: …" });
      stage.service.send = "silent";
      stage.dispatch({ t: "send_chat", with: people.aiko, text: "I’ll send it as a file." });
      stage.settle();
    },
  },
  {
    name: "chat-scripts",
    play: (stage) => {
      stage.service.talk(
        people.fatima,
        60,
        [
          [people.fatima, "صباح الخير! هل وصلت الطلبية رقم 1260 اليوم؟", 900],
          [people.me, "Noch nicht – ich frage im Lager nach.", 800],
          [people.me, "Не позже 16:00, говорит Дмитрий.", 700],
          [people.fatima, "شكرا جزيلا", 600],
          [people.me, "תודה רבה · ευχαριστώ · გმადლობთ", 500],
          [people.me, "नमस्ते, 감사합니다, ありがとうございます, 谢谢, cảm ơn nhiều 👍", 400],
        ],
        true,
      );
      stage.signIn();
      openChat(stage, "فاطمة الزهراء بنعلي");
    },
  },
  {
    name: "calls",
    play: (stage) => {
      stage.signIn();
      go(stage, "Calls");
      if (!stage.phone) stage.click("option", "فاطمة الزهراء بنعلي");
    },
  },
  {
    name: "dial-pad",
    play: (stage) => {
      stage.signIn();
      go(stage, "Dial pad");
      stage.type(stage.word("dial_pad.number"), "22");
    },
  },
  {
    name: "dial-pad-saved",
    play: (stage) => {
      stage.signIn();
      go(stage, "Dial pad");
      stage.type(stage.word("dial_pad.number"), "+81 3 5550 4400");
    },
  },
  {
    name: "dial-pad-naming",
    play: (stage) => {
      stage.signIn();
      go(stage, "Dial pad");
      stage.type(stage.word("dial_pad.number"), "+81 3 5550 4400");
      stage.click("button", "Switchboard Tokyo · 東京代表");
    },
  },
  {
    name: "dial-pad-lists",
    play: (stage) => {
      stage.signIn();
      go(stage, "Dial pad");
      if (stage.phone) stage.click("button", stage.word("dial_pad.lists"));
    },
  },
  {
    name: "incoming",
    play: (stage) => ringing(stage),
  },
  {
    name: "incoming-flash",
    play: (stage) => {
      stage.facts.ring_flash = true;
      ringing(stage);
    },
  },
  { name: "incoming-forwarded", play: (stage) => ringing(stage, people.maxi) },
  {
    name: "incoming-forward",
    play: (stage) => {
      ringing(stage);
      stage.click("button", stage.word("call.forward"));
    },
  },
  {
    name: "incoming-forward-refused",
    play: (stage) => {
      ringing(stage, people.aiko);
      stage.click("button", stage.word("call.forward"));
      stage.type(stage.word("contacts.find"), "ng");
      stage.click("option", "Nguyễn Ngọc Trâm");
    },
  },
  {
    name: "incoming-forward-number",
    play: (stage) => {
      ringing(stage);
      stage.click("button", stage.word("call.forward"));
      stage.type(stage.word("contacts.find"), "0611 4711");
    },
  },
  {
    name: "incoming-reply",
    play: (stage) => {
      ringing(stage);
      stage.click("button", stage.word("call.reply"));
    },
  },
  {
    name: "incoming-second",
    play: (stage) => {
      stage.signIn();
      onPath(stage, talk(stage, people.dmitry, 12), "direct");
      stage.say({ t: "call_incoming", c: "second-call", u: people.eleni, o: "v=0", k: "hash" });
      stage.settle();
    },
  },
  {
    name: "dialling",
    play: (stage) => {
      stage.signIn();
      stage.dispatch({ t: "place_call", user: people.lukasz });
      stage.settle();
    },
  },
  {
    name: "dialling-forwarded",
    play: (stage) => {
      stage.signIn();
      stage.dispatch({ t: "place_call", user: people.lukasz });
      stage.say({ t: "call_ringing", c: stage.service.placed, u: people.eleni });
      stage.settle();
    },
  },
  { name: "call-direct", play: inCall("direct") },
  { name: "call-relayed", play: inCall("relayed") },
  { name: "call-browser", play: inCall("browser") },
  { name: "call-unknown", play: inCall("unknown") },
  {
    name: "call-muted",
    play: (stage) => {
      inCall("direct")(stage);
      stage.click("button", stage.word("call.mute"));
    },
  },
  {
    name: "call-keys",
    play: (stage) => {
      inCall("direct")(stage);
      stage.key("Ctrl+Shift+D");
    },
  },
  {
    name: "call-devices",
    play: (stage) => {
      inCall("direct")(stage);
      stage.click("toggle", stage.word("call.devices"));
    },
  },
  {
    name: "call-strip",
    play: (stage) => {
      inCall("direct")(stage);
      go(stage, "Chats");
      stage.click("option", "Дмитрий Соколов");
    },
  },
  {
    name: "call-ended",
    play: (stage) => {
      stage.signIn();
      stage.dispatch({ t: "place_call", user: people.lukasz });
      const ringing = stage.commands.find((one) => one.t === "ring");
      stage.settle();
      if (ringing?.t === "ring") stage.say({ t: "call_ended", c: ringing.call, y: "declined" });
      stage.settle();
    },
  },
  {
    name: "microphone-lost",
    play: (stage) => {
      stage.signIn();
      const call = talk(stage, people.dmitry, 12);
      stage.facts.microphone = "";
      stage.dispatch({ t: "peer_microphone", call, lost: true, reason: "Headset H65 was unplugged" });
      onPath(stage, call, "direct");
    },
  },
  {
    name: "no-connection",
    play: (stage) => {
      stage.signIn();
      openChat(stage, aiko);
      stage.loseService();
      stage.dispatch({ t: "send_chat", with: people.aiko, text: "I am writing this without a connection." });
      stage.settle();
    },
  },
  {
    name: "no-connection-in-call",
    play: (stage) => {
      inCall("direct")(stage);
      stage.loseService();
      go(stage, "Contacts");
    },
  },
  {
    name: "host-silent",
    play: (stage) => {
      stage.service.hosts = [{ h: "host", n: "TC-0417" }];
      stage.signIn();
    },
  },
  { name: "settings-status", play: settings("status") },
  {
    name: "settings-sound",
    play: settings("sound", (stage) => {
      stage.facts.testing_microphone = true;
      stage.facts.microphone_level = 0.55;
      stage.settle();
    }),
  },
  { name: "settings-endpoint", play: settings("endpoint") },
  { name: "settings-appearance", play: settings("appearance") },
  { name: "settings-notifications", play: settings("notifications") },
  { name: "settings-signed-in", play: settings("signed_in") },
  { name: "second-factor-password", play: settings("signed_in", openSecondFactor) },
  { name: "second-factor-secret", play: settings("signed_in", setUpSecondFactor) },
  { name: "second-factor-codes", play: settings("signed_in", turnOnSecondFactor) },
  {
    name: "second-factor-on",
    play: settings("signed_in", (stage) => {
      turnOnSecondFactor(stage);
      stage.click("button", stage.word("second_factor.kept"));
    }),
  },
  {
    name: "second-factor-turn-off",
    play: settings("signed_in", (stage) => {
      turnOnSecondFactor(stage);
      stage.click("button", stage.word("second_factor.kept"));
      stage.click("button", stage.word("second_factor.turn_off"));
    }),
  },
  { name: "settings-about", play: settings("about") },
  { name: "empty-contacts", play: withoutCompany },
  {
    name: "empty-chats",
    play: (stage) => {
      withoutCompany(stage);
      go(stage, "Chats");
    },
  },
  {
    name: "empty-calls",
    play: (stage) => {
      withoutCompany(stage);
      go(stage, "Calls");
    },
  },
];

export function sceneNamed(name: string): Scene {
  const found = scenes.find((scene) => scene.name === name);
  if (!found) throw new Error(`no scene '${name}'`);
  return found;
}
