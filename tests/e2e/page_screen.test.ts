// Beside others: it measures neither sound nor time.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Page } from "playwright-core";
import { drawn } from "../support/access.ts";
import { openChromium } from "../support/browsers.ts";
import { makeRunFolder, pageBuild } from "../support/paths.ts";
import { endAll, until } from "../support/processes.ts";
import { Service } from "../support/service.ts";

/** What the page is shown on: a WebGL context that the browser takes back, and a finger on the screen. */

const logs = makeRunFolder("page-screen");
let service: Service;

before(async () => {
  service = await Service.start({ logs, config: `[server]\nweb_root = ${pageBuild}\n[demo]\npeople = 400\n` });
});
after(endAll);

async function signIn(page: Page, user: string): Promise<void> {
  await page.getByLabel("Name").fill(user);
  await page.getByLabel("Password", { exact: true }).fill("sidetone");
  await page.keyboard.press("Enter");
  await page.getByRole("navigation", { name: "Main" }).waitFor();
  await page.getByRole("option").first().waitFor();
}

/** Colours of the picture, as the processor has drawn them. */
const colorsOfPicture = `(() => {
  const colors = new Set();
  const canvas = document.querySelector("#picture");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < data.length; at += 4) colors.add(data[at] << 16 | data[at + 1] << 8 | data[at + 2]);
  return colors.size;
})()`;

test("a WebGL context that is lost costs no more than a frame: the processor goes on, and what was typed stands", async () => {
  const { page, messages, close } = await openChromium({ name: "webgl", logs, url: `${service.url}/?renderer=gl`, sound: {}, webgl: true });
  await page.getByLabel("Name").fill("carol");
  await drawn(page);
  const lose = "document.querySelector('#picture').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()";
  await page.evaluate(lose);
  await until("a picture from the processor", async () => ((await page.evaluate<boolean>("document.querySelector('#picture')?.getContext('2d') != null")) ? true : undefined));
  assert.ok((await page.evaluate<number>(colorsOfPicture)) > 10, "all of it is drawn");
  assert.equal(await page.getByLabel("Name").inputValue(), "carol");
  await signIn(page, "carol");
  await drawn(page);
  assert.ok((await page.evaluate<number>(colorsOfPicture)) > 100, "and goes on to be");
  assert.deepEqual(messages.filter((text) => text.startsWith("error:")), []);
  await close();
});

test("a finger moves a list with it, the list goes on when it is let go, slows down, and then nothing is drawn", async () => {
  const { page, close } = await openChromium({ name: "touch", logs, url: `${service.url}/`, sound: {}, touch: true });
  await signIn(page, "dave");
  const list = page.getByRole("listbox").first();
  const box = await list.boundingBox();
  assert.ok(box);
  const session = await page.context().newCDPSession(page);
  const x = box.x + box.width / 2;
  const finger = async (type: "touchStart" | "touchMove" | "touchEnd", y?: number): Promise<void> => {
    await session.send("Input.dispatchTouchEvent", { type, touchPoints: y === undefined ? [] : [{ x, y }] });
  };
  /** Place of the first seen row among all, in rows; parts of one count. */
  const scrolled = async (): Promise<number> => {
    await drawn(page);
    return page.evaluate<number>(`(() => {
      const list = document.querySelector("[data-role=listbox]").getBoundingClientRect();
      const row = [...document.querySelectorAll("[data-role=option]")].find((one) => one.getBoundingClientRect().bottom > list.top);
      const place = row.getBoundingClientRect();
      return Number(row.getAttribute("aria-posinset")) + (list.top - place.top) / place.height;
    })()`);
  };
  const rowHeight = 52;
  const before = await scrolled();
  await finger("touchStart", box.y + 500);
  for (let y = 490; y >= 300; y -= 10) await finger("touchMove", box.y + y);
  await until("the list under the finger", async () => ((await scrolled()) > before + 3 ? true : undefined));
  for (let y = 290; y >= 140; y -= 30) await finger("touchMove", box.y + y);
  await finger("touchEnd");
  const dragged = before + (500 - 140) / rowHeight;
  // The elements follow when the list rests: that it does is seen by the frames that are asked for.
  const frames = () =>
    page.evaluate<number>(`new Promise((resolve) => {
      let asked = 0;
      const { requestAnimationFrame: ask } = window;
      window.requestAnimationFrame = (then) => (++asked, ask(then));
      setTimeout(() => { window.requestAnimationFrame = ask; resolve(asked); }, 300);
    })`);
  await until("nothing is drawn at rest", async () => ((await frames()) === 0 ? true : undefined));
  const rested = await scrolled();
  assert.ok(rested > dragged + 1, `it goes on: from ${dragged} to ${rested}`);
  // A finger that is put down stops it.
  await finger("touchStart", box.y + 500);
  for (let y = 470; y >= 200; y -= 30) await finger("touchMove", box.y + y);
  await finger("touchEnd");
  await finger("touchStart", box.y + 300);
  const stopped = await scrolled();
  assert.equal(await scrolled(), stopped);
  await finger("touchEnd");
  await close();
});

test("Thai is parted where its words end, by the browser's dictionary, and is drawn without one as well", async () => {
  const thai = "ประชุมเลื่อนไปเป็นวันพรุ่งนี้บ่ายสองโมงครึ่งที่ห้องประชุมใหญ่ชั้นสามกรุณาแจ้งทุกคนในทีมด้วยขอบคุณมากครับ";
  const { page, close } = await openChromium({
    name: "thai",
    logs,
    url: `${service.url}/`,
    sound: {},
    before: (one) =>
      void one.addInitScript(`
        window.parted = [];
        const Segmenter = Intl.Segmenter;
        Intl.Segmenter = class extends Segmenter {
          segment(text) {
            parted.push(text);
            return super.segment(text);
          }
        };`),
  });
  const composer = page.getByRole("textbox", { name: /^Write to/ });
  const bubble = page.getByRole("log").getByRole("listitem").first();
  /** The message as a page shows it that has just been loaded. */
  const seen = async (): Promise<Buffer> => {
    await page.reload();
    await openChat();
    await bubble.waitFor();
    await drawn(page);
    return bubble.screenshot();
  };
  const openChat = async (): Promise<void> => {
    await page.getByRole("option").first().click();
    await page.getByRole("button", { name: "Chat", exact: true }).first().click();
    await composer.waitFor();
  };
  await signIn(page, "erin");
  await openChat();
  await composer.fill(thai);
  await page.keyboard.press("Enter");
  await bubble.waitFor();
  const withWords = await seen();
  assert.ok((await page.evaluate<string[]>("parted")).includes(thai));
  assert.deepEqual(await seen(), withWords);
  await page.addInitScript("delete Intl.Segmenter");
  assert.notDeepEqual(await seen(), withWords, "the lines end elsewhere");
  await close();
});
