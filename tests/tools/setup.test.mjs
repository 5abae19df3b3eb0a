import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { root } from "../../tools/process.mjs";

const folder = mkdtempSync(join(tmpdir(), "sidetone-setup-"));
after(() => rmSync(folder, { recursive: true }));
const policy = join(folder, "policy-rc.d");
const opusOptions = join(folder, "build/deps/opus/options");

function script(path, text) {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

/** The real script in a tree where everything but one Debian package is there, with an apt-get that does as it is told. */
function tree(aptGet) {
  for (const path of ["tools", "bin", "node_modules", "build/deps/opus", "build/deps/imgui"]) mkdirSync(join(folder, path), { recursive: true });
  for (const path of ["build/deps/imgui/imgui.h", "build/npm.lock", "package-lock.json"]) writeFileSync(join(folder, path), "");
  const source = readFileSync(join(root, "tools/setup"), "utf8");
  writeFileSync(opusOptions, /^opus_options="(.*)"$/m.exec(source)[1]);
  writeFileSync(join(folder, "tools/packages.txt"), "some-server  # to be installed\n");
  copyFileSync(join(root, "tools/node_version.mjs"), join(folder, "tools/node_version.mjs"));
  script(join(folder, "tools/setup"), source.replace("/usr/sbin/policy-rc.d", policy));
  script(join(folder, "bin/dpkg-query"), "#!/bin/sh\n");
  script(join(folder, "bin/id"), "#!/bin/sh\necho 0\n");
  script(join(folder, "bin/apt-get"), `#!/bin/sh\ncase "$*" in *install*) ;; *) exit 0 ;; esac\n${aptGet}\n`);
}

/** Starts it in a group of its own, as process.mjs does. */
function setup(...words) {
  const child = spawn(join(folder, "tools/setup"), words, {
    env: { ...process.env, PATH: `${join(folder, "bin")}:${process.env["PATH"]}` },
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return { child, ended: new Promise((resolve) => child.on("close", (code) => resolve(code))) };
}

async function seen(what) {
  for (const until = performance.now() + 10_000; !existsSync(what);) {
    assert.ok(performance.now() < until, `${what} was not made`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("servers may not start while packages are installed, and may again when set-up is interrupted", async () => {
  const begun = join(folder, "begun");
  tree(`touch ${begun}\nexec sleep 30`);
  const { child, ended } = setup();
  await seen(begun);
  assert.match(readFileSync(policy, "utf8"), /^exit 101$/m);
  process.kill(-child.pid, "SIGTERM");
  assert.notEqual(await ended, 0);
  assert.ok(!existsSync(policy), "policy-rc.d was left behind");
});

test("what a killed run has left behind is removed by the next, and what somebody else has put there is not", async () => {
  tree("kill -9 $PPID");
  await setup().ended;
  assert.ok(existsSync(policy));
  tree("true");
  assert.equal(await setup().ended, 0);
  assert.ok(!existsSync(policy), "policy-rc.d is still there");
  writeFileSync(policy, "#!/bin/sh\nexit 0\n");
  assert.equal(await setup().ended, 0);
  assert.equal(readFileSync(policy, "utf8"), "#!/bin/sh\nexit 0\n");
});

test("Opus is built again once it is to be built in another way", async () => {
  tree("true");
  writeFileSync(join(folder, "tools/packages.txt"), "");
  assert.equal(await setup("--check").ended, 0);
  writeFileSync(opusOptions, "-DOPUS_OSCE=ON");
  const { child, ended } = setup("--check");
  let said = "";
  child.stdout.on("data", (chunk) => (said += chunk));
  assert.equal(await ended, 1);
  assert.equal(said, "missing: Opus in build/deps/opus\n");
});
