import assert from "node:assert/strict";
import { test } from "node:test";
import { meanOpinionScore, readPath, readQuality, type Stat } from "../../web/page/call_quality.ts";
import { chordOf, isOwn, leavesField, type Stroke } from "../../web/page/chords.ts";
import { chooseRenderer } from "../../web/page/renderer.ts";
import { flag, has, readNode } from "../../web/page/semantics.ts";
import { numberOf } from "../../web/page/session.ts";
import { chooseLanguage, wordOf } from "../../web/page/words.ts";

test("the opinion score is that of ITU-T G.107", () => {
  // R = 93.2 without delay or loss: 4.41 in G.107 annex B.
  assert.ok(Math.abs(meanOpinionScore(0, 0) - 4.41) < 0.01);
  // 100 ms: R = 90.8. 250 ms: R = 79.2, beyond 177.3 ms every millisecond costs 0.11 more.
  assert.ok(Math.abs(meanOpinionScore(100, 0) - 4.36) < 0.01);
  assert.ok(Math.abs(meanOpinionScore(250, 0) - 3.99) < 0.02);
  // 3 % of loss cost 10.1 of R.
  assert.ok(Math.abs(meanOpinionScore(0, 3) - 4.13) < 0.01);
  assert.equal(meanOpinionScore(0, 100) >= 1, true);
  assert.equal(meanOpinionScore(5000, 50), 1);
});

const report = (received: number, lost: number, more: Stat[] = []): Stat[] => [
  { id: "in", type: "inbound-rtp", kind: "audio", packetsReceived: received, packetsLost: lost, packetsDiscarded: 0, jitter: 0.004, jitterBufferDelay: received * 0.02, jitterBufferEmittedCount: received },
  { id: "t", type: "transport", selectedCandidatePairId: "p" },
  { id: "other", type: "candidate-pair", currentRoundTripTime: 9, localCandidateId: "relay", remoteCandidateId: "host" },
  { id: "p", type: "candidate-pair", currentRoundTripTime: 0.03, localCandidateId: "host", remoteCandidateId: "host2" },
  { id: "host", type: "local-candidate", candidateType: "host" },
  { id: "host2", type: "remote-candidate", candidateType: "srflx" },
  { id: "relay", type: "local-candidate", candidateType: "relay" },
  ...more,
];

test("a second of a call is what has changed since the one before", () => {
  const first = readQuality(report(1000, 100), undefined);
  assert.equal(first.quality.mos, 0, "nothing is known before there is a difference");
  const { quality } = readQuality(report(1045, 105), first.counts);
  assert.equal(quality.loss_percent, 10);
  assert.equal(quality.jitter_ms, 4);
  assert.equal(quality.round_trip_ms, 30);
  assert.ok(quality.mos > 2.5 && quality.mos < 3.8, `${quality.mos}`);
  assert.ok(readQuality(report(1050, 100), first.counts).quality.mos > 4.2);
});

test("a native host's own score stands before one that is worked out", () => {
  const told = report(1045, 105).map((one) => (one.type === "inbound-rtp" ? { ...one, mosConversational: 4.1 } : one));
  assert.equal(readQuality(told, readQuality(report(1000, 100), undefined).counts).quality.mos, 4.1);
});

test("the path is that of the pair that carries the voice", () => {
  assert.equal(readPath(report(1, 0), true), "direct");
  assert.equal(readPath(report(1, 0), false), "browser");
  const relayed = report(1, 0).map((one) => (one.type === "transport" ? { ...one, selectedCandidatePairId: "other" } : one));
  assert.equal(readPath(relayed, true), "relayed");
  assert.equal(readPath(relayed, false), "relayed");
  assert.equal(readPath([], true), "unknown");
  const firefox = report(1, 0).filter((one) => one.type !== "transport");
  assert.equal(readPath(firefox.map((one) => (one.id === "p" ? { ...one, selected: true } : one)), true), "direct");
});

test("WebGL is used where there is something behind it", () => {
  for (const software of [null, "Google SwiftShader", "llvmpipe (LLVM 15.0.6, 256 bits)", "Microsoft Basic Render Driver", "ANGLE (Microsoft, WARP)", "Apple Software Renderer"])
    assert.equal(chooseRenderer(software, null), "cpu");
  assert.equal(chooseRenderer("ANGLE (Intel, Mesa Intel(R) UHD Graphics 620)", null), "gl");
  assert.equal(chooseRenderer("ANGLE (Intel)", "cpu"), "cpu");
  assert.equal(chooseRenderer(null, "gl"), "gl");
});

const stroke = (key: string, held: Partial<Stroke> = {}): Stroke => ({ key, code: "", ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, altGraph: false, ...held });

test("keys become chords", () => {
  assert.equal(chordOf(stroke("k", { ctrlKey: true }), false), "Ctrl+K");
  assert.equal(chordOf(stroke("k", { metaKey: true }), true), "Ctrl+K");
  assert.equal(chordOf(stroke("k", { metaKey: true }), false), undefined);
  assert.equal(chordOf(stroke("л", { ctrlKey: true, code: "KeyK" }), false), "Ctrl+K", "another alphabet");
  assert.equal(chordOf(stroke("¡", { altKey: true, code: "Digit1" }), true), "Alt+1");
  assert.equal(chordOf(stroke("M", { ctrlKey: true, shiftKey: true }), false), "Ctrl+Shift+M");
  assert.equal(chordOf(stroke("?", { shiftKey: true }), false), "?");
  assert.equal(chordOf(stroke("Enter", { shiftKey: true }), false), "Shift+Enter");
  assert.equal(chordOf(stroke("@", { ctrlKey: true, altKey: true, altGraph: true }), false), undefined, "AltGr types");
  assert.equal(chordOf(stroke("Shift", { shiftKey: true }), false), undefined);
});

test("what types and edits stays in the field, and the browser keeps its own", () => {
  for (const chord of ["Escape", "Enter", "F8", "Ctrl+K", "Alt+1"]) assert.ok(leavesField(chord, true, false), chord);
  for (const chord of ["a", "ArrowUp", "Home", "Ctrl+C", "Shift+Enter", "Space"]) assert.ok(!leavesField(chord, true, false), chord);
  assert.ok(leavesField("ArrowUp", true, true), "no line is above the caret");
  for (const chord of ["Ctrl+T", "Ctrl+N", "Ctrl+W", "Ctrl+C", "Ctrl+F", "F5"]) assert.ok(!isOwn(chord), chord);
});

test("a node's left-out members have their defaults", () => {
  const node = readNode([7, "button", 3, "Mute", "", "", "", "", flag.pressed | flag.disabled]);
  assert.deepEqual([node.id, node.role, node.parent, node.label, node.rect, node.count], [7, "button", 3, "Mute", [0, 0, 0, 0], 0]);
  assert.ok(has(node, "pressed") && has(node, "disabled") && !has(node, "checked"));
});

test("what a link dials", () => {
  assert.equal(numberOf("tel:+49-30-123 456"), "+4930123456");
  assert.equal(numberOf("sip:bob@example.org;transport=tls"), "bob");
  assert.equal(numberOf("web+sidetone:2044"), "2044");
  assert.equal(numberOf("javascript:alert(1)"), undefined);
  assert.equal(numberOf(""), undefined);
});

test("the language is the first wish that there are words for", () => {
  const there = ["ar", "de", "en", "fr"];
  assert.equal(chooseLanguage(["pt-BR", "de-AT", "en"], there), "de");
  assert.equal(chooseLanguage(["zh"], there), "en");
  assert.equal(wordOf("a\tx {name}\\ny\nb\tz\n", "a", { name: "Ada" }), "x Ada\ny");
  assert.equal(wordOf("", "gone"), "gone");
});
