import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";

const program = join(import.meta.dirname, "../../tools/check_includes");

/** Runs tools/check_includes over a tree of files. */
function check(files) {
  const root = mkdtempSync(join(tmpdir(), "check-includes-"));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    const { status, stderr } = spawnSync(program, [root], { encoding: "utf8" });
    return { status, faults: stderr.trim() };
  } finally {
    rmSync(root, { recursive: true });
  }
}

const planted = [
  ["core/model/call.cpp", '#include "media/rtp/packet.hpp"', "core/model/call.cpp:1: core may not include media/rtp"],
  ["core/model/call.cpp", "#include <boost/json.hpp>", "core/model/call.cpp:1: core may not include boost-json"],
  ["core/model/call.cpp", "#include <sys/socket.h>", "core/model/call.cpp:1: core may not include posix"],
  ["media/rtp/packet.cpp", '#include "core/protocol/codec.hpp"', "media/rtp/packet.cpp:1: media may not include core/protocol"],
  ["media/ice/ice.cpp", "\n#include <boost/asio.hpp>", "media/ice/ice.cpp:2: media may not include boost-asio"],
  ["service/calls/calls.cpp", '#include "media/peer/peer_connection.hpp"', "service/calls/calls.cpp:1: service may not include media/peer"],
  ["service/net/front.cpp", "#include <boost/beast/core.hpp>", "service/net/front.cpp:1: service may not include boost-beast"],
  ["native-host/main.cpp", '#include "service/store/store.hpp"', "native-host/main.cpp:1: native-host may not include service/store"],
  ["net/stream.cpp", "#include <sqlite3.h>", "net/stream.cpp:1: net may not include sqlite"],
  ["shell/screens/call.cpp", "#include <emscripten.h>", "shell/screens/call.cpp:1: shell may not include emscripten"],
  ["core/base/clock.cpp", "#ifdef __EMSCRIPTEN__", "core/base/clock.cpp:1: __EMSCRIPTEN__ stands only in wasm/platform"],
  ["core/base/clock.cpp", "#include <nobody/knows.hpp>", "core/base/clock.cpp:1: <nobody/knows.hpp> is in no group of the table"],
];

for (const [file, text, fault] of planted) {
  test(`refuses in ${file}: ${text.trim()}`, () => {
    const result = check({ [file]: `${text}\n` });
    assert.equal(result.faults, fault);
    assert.equal(result.status, 1);
  });
}

test("accepts what the table allows", () => {
  const result = check({
    "core/protocol/codec.cpp": '#include "core/protocol/codec.hpp"\n\n#include <boost/json/parser.hpp>\n#include <string>\n',
    "media/ice/ice.cpp": '#include <nice/agent.h>\n#include <sys/socket.h>\n\n#include "core/base/result.hpp"\n#include "media/rtp/demux.hpp"\n',
    "net/websocket.cpp": "#include <boost/beast/websocket.hpp>\n#include <zlib.h>\n",
    "native-host/main.cpp": '#include "media/peer/peer_connection.hpp"\n#include "net/websocket.hpp"\n',
    "wasm/platform/bridge.cpp": '#include <emscripten.h>\n#ifdef __EMSCRIPTEN__\n#endif\n#include "core/client/state.hpp"\n',
    "tests/media/rtp/packet_test.cpp": '#include <gtest/gtest.h>\n#include "media/rtp/packet.hpp"\n#include "tests/support/clock.hpp"\n',
  });
  assert.deepEqual(result, { status: 0, faults: "" });
});
