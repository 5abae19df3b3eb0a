import assert from "node:assert/strict";
import { test } from "node:test";
import { checkLengths, checkLinks } from "../../tools/checks.mjs";
import { decoders, untagged } from "../../tools/fuzz.mjs";

const lines = (count, first = "") => [first, ...new Array(count - 1).fill("x")].join("\n");

test("a long file must say why it is long", () => {
  const files = { "a.cpp": lines(600), "b.cpp": lines(601), "c.cpp": lines(601, "// Long because the table is one.") };
  const faults = checkLengths(Object.keys(files), (file) => files[file]);
  assert.deepEqual(faults, ['b.cpp: 601 lines; split it, or say "Long because …" at its head']);
});

test("a link between pages must lead somewhere", () => {
  const page = "[a](there.md) [b](gone.md#part) [c](https://example.org/x) [d](#here) [e](../docs/there.md)";
  const faults = checkLinks(["docs/x.md"], () => page, (path) => path === "docs/there.md");
  assert.deepEqual(faults, ["docs/x.md: the link to gone.md leads nowhere"]);
});

test("decoders are found by their tag and by the registry", () => {
  const files = {
    "media/rtp/packet.hpp": "/// Read it.\n/// @fuzz\n/// @error kTruncated\nResult<Packet> parse_rtp(Bytes bytes);\n",
    "media/codec/codec.hpp": "  /// @fuzz codec_payload\n  virtual std::size_t decode(Bytes payload) = 0;\n",
    "core/protocol/registry.hpp": "using ClientToHost = MessageList<Ok>;\nusing HostToClient =\n    MessageList<Ok>;\n",
  };
  const found = decoders(Object.keys(files), (file) => files[file]);
  assert.deepEqual([...found.keys()], ["rtp", "codec_payload", "json_client_to_host", "json_host_to_client"]);
});

test("a decoder without a tag is named", () => {
  const files = {
    "media/a.hpp": "/// @fuzz\nResult<int> parse_a(Bytes bytes);\n",
    "media/b.hpp": "/// Reads it.\nResult<int> parse_b(Bytes bytes);\n",
    "net/c.hpp": "std::optional<int> thing_decode(std::string_view text);\n",
  };
  const faults = untagged(Object.keys(files), (file) => files[file]);
  assert.deepEqual(faults.map((fault) => fault.split(":")[0]), ["media/b.hpp", "net/c.hpp"]);
});
