import type { CallRecord, ChatMessageItem, ClientToServiceMessage, Contact, ConversationInfo, DeviceInfo, Envelope, HostInfo, PresenceChange, SavedNumber, ServiceToClientMessage } from "#protocol";
import { authenticatorSecret } from "./authenticator_secret.ts";

type Request = ClientToServiceMessage & Envelope;
interface Answer {
  message: ServiceToClientMessage;
  unasked?: boolean;
}

/** Who is in the scenes, by what is special about them. */
export const people = { me: 1, aiko: 2, dmitry: 3, fatima: 4, sean: 5, eleni: 6, neha: 7, lukasz: 8, tram: 9, seoyeon: 10, maxi: 11, thabo: 12, ursula: 13, giorgi: 14, ines: 15, bjorn: 16, omar: 17, echo: 18 } as const;

const names: [name: string, number: string][] = [
  ["Jonas Hartmann", "4400"],
  ["Aiko Tanaka · 田中 愛子", "4417"],
  ["Дмитрий Соколов", "3120"],
  ["فاطمة الزهراء بنعلي", "5512"],
  ["Seán Ó Briain", "2207"],
  ["Ελένη Παπαδοπούλου", "2051"],
  ["नेहा शर्मा", "2301"],
  ["Łukasz Wiśniewski", "100"],
  ["Nguyễn Ngọc Trâm", "2410"],
  ["김서연", "2412"],
  ["Maximiliane von Hohenstein-Wittelsbach", "2204"],
  ["Thabo Botha", "2215"],
  ["Ursula Thiele-Obermüller", "2216"],
  ["გიორგი ბერიძე", "2217"],
  ["Inês Gonçalves", "2218"],
  ["Björn Ångström", "2219"],
  ["Omar Haddad", "2220"],
  ["Echo", "9000"],
];

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** What one has written with somebody: numbers follow from the places. */
interface Talk {
  info: ConversationInfo;
  messages: ChatMessageItem[];
}

/** A message: the last one says what became of it. */
type Line = [sender: number, text: string, ago?: number, more?: Pick<ChatMessageItem, "e" | "z" | "y">];

/** A service in memory with one company. What a scene needs otherwise it changes before signing in. */
export class Company {
  password = "sidetone";
  /** Of a sign-in; its code is always the same. */
  secondFactor: { z?: true; d?: number; n: number } = { n: 0 };
  code = "287082";
  recoveryCodes = ["K7QD-3FZM-XT5A-PW2L", "5VHE-QZ4N-2MRA-7KCU", "WJ3T-6YBF-GL5D-X2SO", "ZN4P-RA7V-CQ2H-5MTE", "B6XK-2LWJ-Y3GU-DF7Q", "HS5C-TV2N-4EZA-M6RP", "7DQL-XG3W-K5JB-2YOF", "M2ZR-5HUA-P7TN-V4CK", "QF6Y-J3SD-WL2E-G5XB", "3TAV-N7MC-ZK4R-H6PU"];
  reachable = true;
  /** Answers to chat_send; undefined: none comes. */
  send: "stored" | "refused" | "silent" = "stored";
  /** That was placed last. */
  placed = "";
  contacts: Contact[] = names.map(([n, e], i) => ({ i: i + 1, n, e, b: n === "Echo" || undefined, u: i === 1 ? "aiko.tanaka" : undefined }));
  presence: PresenceChange[] = [
    { u: people.me, a: "on" },
    { u: people.aiko, a: "on" },
    { u: people.dmitry, a: "on", b: "call" },
    { u: people.fatima, a: "on", b: "ring" },
    { u: people.sean, a: "away", x: "Back at 11:15" },
    { u: people.eleni, a: "on" },
    { u: people.neha, a: "dnd", x: "In a meeting until 12:00" },
    { u: people.lukasz, a: "on" },
    { u: people.tram, a: "off" },
    { u: people.seoyeon, a: "on" },
    { u: people.maxi, a: "on", x: "Rechtsabteilung" },
    { u: people.thabo, a: "away" },
    { u: people.ursula, a: "on" },
    { u: people.giorgi, a: "on" },
    { u: people.echo, a: "on" },
  ];
  favourites: number[] = [people.aiko, people.dmitry, people.maxi, people.fatima, people.sean];
  savedNumbers: SavedNumber[] = [
    { e: "*21", n: "" },
    { e: "+49 69 5550 1180", n: "Fracht Rhein-Main, Disposition" },
    { e: "+81 3 5550 4400", n: "Switchboard Tokyo · 東京代表" },
    { e: "2200 15", n: "استقبال فرانكفورت" },
  ];
  hosts: HostInfo[] = [{ h: "host", n: "TC-0417", o: true, p: 47100 }];
  devices: DeviceInfo[];
  history: CallRecord[];
  readonly #talks: Talk[] = [];

  constructor(readonly now: number) {
    this.devices = [
      { d: 11, n: "Firefox on TC-0417", l: now, o: true, m: true },
      { d: 12, n: "Chrome on laptop", l: now - 3 * hour, o: true },
      { d: 13, n: "Edge on VDI-22", l: now - 6 * day },
    ];
    const record = (i: number, y: CallRecord["y"], u: number, ago: number, l: number, e: CallRecord["e"]): CallRecord => ({ i, y, u, d: now - ago, l, e });
    this.history = [
      record(1, "dialled", people.aiko, 9 * day, 187, "hung_up"),
      record(2, "missed", people.aiko, 7 * day + hour, 0, "no_answer"),
      record(3, "received", people.maxi, 2 * day, 1_254, "hung_up"),
      record(4, "dialled", people.tram, day + 3 * hour, 0, "unreachable"),
      record(5, "dialled", people.sean, day + 2 * hour, 0, "busy"),
      record(6, "received", people.aiko, 2 * hour + 6 * minute, 12 * minute, "hung_up"),
      record(7, "missed", people.fatima, 74 * minute, 0, "no_answer"),
      record(8, "dialled", people.dmitry, 31 * minute, 95, "hung_up"),
    ];
    const read = true;
    this.talk(people.thabo, 3 * day, [[people.thabo, "Photo of the cabinet, as promised"]], read);
    this.talk(people.neha, day + 4 * hour, [[people.neha, "ठीक है, धन्यवाद 🙏"]], read);
    this.talk(people.sean, day + hour, [[people.me, "see you at stand-up"]], read);
    this.talk(people.seoyeon, day, [[people.seoyeon, "내일 오전에 다시 연락드릴게요"]], read);
    this.talk(people.eleni, 85 * minute, [[people.eleni, "Τα στοιχεία είναι έτοιμα"]], read);
    this.talk(people.dmitry, 48 * minute, [[people.dmitry, "Файл отправлен 👍"]], read);
    this.talk(people.maxi, 34 * minute, [[people.me, "Danke, die Vertraulichkeitsvereinbarung ist unterschrieben und liegt bei der Rechtsabteilung."]], read);
    this.talk(people.fatima, 7 * minute, [[people.fatima, "هل يمكنك الاتصال بي بعد الظهر؟"]], false);
    this.talk(
      people.aiko,
      2 * minute,
      [
        [people.aiko, "おはようございます。 The supplier list is up to date now.", day + 104 * minute],
        [people.me, "Thank you! I’ll compare it with the warehouse numbers and write this afternoon.", day + 101 * minute],
        [people.me, "Found it: line 48 was counted twice. Details are in https://wiki.example.com/lager/inventur-2026", 15 * minute],
        [people.me, "The corrected list is on the share.", 15 * minute, { y: [{ u: people.aiko, e: "👍" }] }],
        [people.aiko, "Perfect, that explains the difference of 1,260 pieces. 田中", 4 * minute],
        [people.aiko, "Can we talk for five minutes before the meeting? I am free until 11:00 and would like to close this today.", 3 * minute],
        [people.aiko, "😊", 2 * minute],
      ],
      false,
      4,
    );
  }

  /** @param ago  of the newest message. @param readUpTo  number up to which one has read where not all is read */
  talk(withUser: number, ago: number, lines: Line[], read: boolean, readUpTo = 0): void {
    const c = 100 + withUser;
    const messages = lines.map(([f, x, own, more], i) => ({ c, n: i + 1, d: this.now - (own ?? ago), f, x, i: f === people.me ? `m${withUser}-${i}` : undefined, ...more }));
    const last = messages.length;
    const mine = read ? last : readUpTo;
    const m = [
      { u: people.me, v: last, n: mine },
      { u: withUser, v: last, n: last },
    ];
    const before = this.#talks.findIndex(({ info }) => info.c === c);
    if (before >= 0) this.#talks.splice(before, 1);
    this.#talks.unshift({ info: { c, m, n: last, d: this.now - ago }, messages });
  }
  forgetTalks(): void {
    this.#talks.length = 0;
  }
  conversationWith(user: number): number {
    return 100 + user;
  }

  answer(request: Request): Answer[] {
    const only = (message: ServiceToClientMessage): Answer[] => [{ message }];
    switch (request.t) {
      case "sign_in":
        if (request.p !== this.password) return only({ t: "error", c: "unauthenticated", x: "name or password is wrong" });
        if (this.secondFactor.z === true && request.c !== this.code) return only({ t: "error", c: "second_factor", x: "a code is wanted" });
        return [
          { message: { t: "signed_in", u: people.me, n: "Jonas Hartmann", d: 11, k: "token", i: "session", e: "epoch", d0: this.now } },
          { message: { t: "p", c: this.presence.filter(({ u }) => u === people.me) }, unasked: true },
        ];
      case "directory_sync":
        return only({ t: "directory", f: 0, v: 1, l: this.contacts });
      case "favourite_list":
        return only({ t: "favourites", l: this.favourites });
      case "saved_number_list":
        return only({ t: "saved_numbers", l: this.savedNumbers });
      case "presence_subscribe":
        return [{ message: { t: "ok" } }, { message: { t: "p", c: this.presence.filter(({ u }) => request.a?.includes(u)) }, unasked: true }];
      case "status_set":
        return [{ message: { t: "ok" } }, { message: { t: "p", c: [{ u: people.me, a: request.a, x: request.x ?? "", e: request.e }] }, unasked: true }];
      case "conversation_list":
        return only({ t: "conversations", l: this.#talks.map(({ info }) => info) });
      case "conversation_open":
        if (!this.#talks.some(({ info }) => info.c === 100 + request.u)) this.talk(request.u, 0, [], true);
        return only({ t: "conversation", i: this.#talk(100 + request.u).info });
      case "chat_history": {
        const all = this.#talk(request.c).messages;
        const { a, b } = request;
        const wanted = all.filter(({ n }) => (a === undefined || n > a) && (b === undefined || n < b));
        return only({ t: "chat_page", c: request.c, l: a === undefined ? wanted.slice(-request.l) : wanted.slice(0, request.l) });
      }
      case "chat_send": {
        if (this.send === "silent") return [];
        if (this.send === "refused") return only({ t: "error", c: "too_large", x: "The message is too long." });
        const n = ++this.#talk(request.c).info.n;
        return only({ t: "chat_sent", c: request.c, n, d: this.now });
      }
      case "chat_search": {
        const found = this.#talks.flatMap(({ messages }) => messages).filter(({ x }) => x.toLowerCase().includes(request.x.toLowerCase()));
        return only({ t: "chat_found", l: found.sort((a, b) => b.d - a.d).slice(0, request.l) });
      }
      case "history_sync":
        return only({ t: "history", f: 0, v: 1, l: this.history });
      case "host_list":
        return only({ t: "hosts", l: this.hosts });
      case "host_pair":
        return only({ t: "host_pairing", i: "pairing", n: "TC-0522", a: "10.4.5.22" });
      case "call_list":
        return only({ t: "calls" });
      case "call_invite":
        this.placed = request.c;
        return only({ t: "call_ringing", c: request.c, u: request.u ?? people.lukasz });
      case "call_forward":
        return only(request.u === people.tram ? { t: "error", c: "unavailable", x: "that person is not signed in" } : { t: "ok" });
      case "device_list":
        return only({ t: "devices", l: this.devices });
      case "second_factor_get":
        return only({ t: "second_factor", ...this.secondFactor });
      case "second_factor_begin":
        return only({ t: "second_factor_secret", ...authenticatorSecret, e: 600 });
      case "second_factor_confirm":
        if (request.c !== this.code) return only({ t: "error", c: "second_factor", x: "that is not the code of now" });
        this.secondFactor = { z: true, d: this.now, n: 10 };
        return [{ message: { t: "second_factor", ...this.secondFactor }, unasked: true }, { message: { t: "second_factor_codes", l: this.recoveryCodes } }];
      case "chat_typing":
      case "call_candidate":
      case "control":
        return [];
      default:
        return only({ t: "ok" });
    }
  }

  #talk(conversation: number): Talk {
    const found = this.#talks.find(({ info }) => info.c === conversation);
    if (!found) throw new Error(`there is no conversation ${conversation}`);
    return found;
  }
}
