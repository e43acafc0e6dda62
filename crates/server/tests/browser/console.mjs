// Sessions of a person at a real browser. Run by `tests/browser.rs`: node console.mjs SESSION, with SITE, PASSWORD and
// SCREENS in the environment, and a list of places as JSON on standard input where a session needs one.
import { readFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";

const need = createRequire(process.env.MODULES + "/");
const { chromium } = need("playwright-core");
const { SITE, PASSWORD, SCREENS } = process.env;
const WIDTHS = [1440, 1024, 390];
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--no-first-run"];

const check = (truth, sentence) => { if (!truth) throw new Error(sentence); };

async function atBrowser(work, options = {}) {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: QUIET });
  try {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1440, height: 900 }, ...options });
    const page = await context.newPage();
    const faults = [];
    page.on("pageerror", (error) => faults.push("script: " + error.message));
    page.on("console", (line) => { if (line.type() === "error" && !/status of (401|403)/.test(line.text())) faults.push(`console: ${line.text()} ${line.location().url}`); });
    page.on("dialog", (dialog) => { faults.push("dialog: " + dialog.message()); dialog.dismiss(); });
    page.on("request", (request) => { if (!request.url().startsWith(SITE + "/")) faults.push("a request left: " + request.url()); });
    await work(page, context);
    check(faults.length === 0, faults.join("\n"));
  } finally {
    await browser.close();
  }
}

async function logOn(page) {
  await page.goto(SITE + "/admin");
  await page.fill("#user", "Administrator");
  await page.fill("#password", PASSWORD);
  await page.click("button[type=submit]");
  await page.waitForURL(SITE + "/admin");
}

const heading = (page) => page.locator("main h1").first().innerText();
const done = (page) => page.locator(".notice.good strong").first().innerText();

const sessions = {
  // The seed's tasks of making, changing, disabling and connecting, by clicking and typing.
  async mailbox(page) {
    await logOn(page);
    await page.click("nav >> text=Mailboxes");
    await page.click("main .tasks >> text=New mailbox");
    await page.click("text=User mailbox");
    await page.fill("#f-Name", "Ann Berg");
    await page.fill("#f-Alias", "ann");
    await page.fill("#f-UserPrincipalName", "ann@contoso.com");
    await page.fill("#f-Password", "geheim-Kx8-2026");
    await page.waitForSelector("#command code:has-text('-Alias ann')");
    await page.click("text=Say what it would do");
    await page.waitForSelector("#preview .notice");
    check(await page.inputValue("#f-Password") === "geheim-Kx8-2026", "the preview leaves the form as it is");
    await page.click("form.fields button[type=submit] >> nth=0");
    check((await done(page)) === "Done: New mailbox", await page.innerText("main"));

    await page.fill("#q", "ber");
    await page.waitForSelector("#rows a:has-text('Ann Berg')");
    await page.click("#rows a:has-text('Ann Berg')");
    await page.click(".tabs >> text=Organization");
    await page.fill("#f-Department", "Sales");
    await page.waitForSelector("#command code:has-text('Set-User')");
    await page.click("text=Save");
    check((await done(page)).includes("saved"), await page.innerText("main"));
    await page.click(".tabs >> text=Mailbox settings");
    await page.selectOption("#f-UseDatabaseQuotaDefaults", "False");
    await page.fill("#f-ProhibitSendQuota", "lots");
    await page.click("text=Save");
    check(await page.locator(".field.wrong #f-ProhibitSendQuota").count() === 1, "the error stands at its field");
    check(await page.inputValue("#f-ProhibitSendQuota") === "lots", "what was typed stays");
    await page.fill("#f-ProhibitSendQuota", "2GB");
    await page.click("text=Save");
    check((await done(page)).includes("saved"), await page.innerText("main"));

    await page.click("main .tasks >> text=Disable");
    await page.waitForSelector("text=waits among the disconnected ones");
    await page.click("form.fields button.grave");
    check((await done(page)) === "Done: Disable", await page.innerText("main"));
    check(new URL(page.url()).pathname === "/admin/mailboxes", "what is gone is not gone back to");
    await page.click("nav >> text=Disconnected");
    await page.click("tr:has-text('Ann Berg') >> text=Connect");
    await page.waitForSelector("text=fits by name");
    await page.fill("#f-User", "nobody");
    await page.click("form.fields button[type=submit] >> nth=0");
    check((await page.locator(".problem, .notice.bad").count()) > 0, "a refusal is told");
    await page.fill("#f-User", "ann");
    await page.click("form.fields button[type=submit] >> nth=0");
    check((await done(page)) === "Done: Connect", await page.innerText("main"));
  },

  // The two wizards without a mouse.
  async keyboard(page) {
    await logOn(page);
    await page.keyboard.press("Control+k");
    await page.waitForSelector("#palette-q");
    await page.keyboard.type("New-Mailbox");
    await page.waitForSelector("#palette #found h2:first-child:has-text('Cmdlets')");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/run\/New-Mailbox/);
    await tabTo(page, ".tabs a[href*='set=Shared']");
    await page.keyboard.press("Enter");
    await page.waitForURL(/set=Shared/);
    check(await page.isChecked("#f-Shared"), "what makes it shared is set");
    await tabTo(page, "#f-Name");
    await page.keyboard.type("Sales");
    await tabTo(page, "form.fields .send button");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".notice.good");

    await page.goto(SITE + "/admin/disconnected");
    await tabTo(page, "td.acts a");
    await page.keyboard.press("Enter");
    await page.waitForURL(/admin\/connect/);
    await tabTo(page, "#f-User");
    await page.keyboard.type("eva");
    await tabTo(page, "form.fields .send button");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".notice.good");
  },

  // No serious fault of accessibility on any page, in both themes.
  async accessible(page, context) {
    const axe = readFileSync(need.resolve("axe-core/axe.min.js"), "utf8");
    await logOn(page);
    const places = JSON.parse(readFileSync(0, "utf8"));
    const found = [];
    for (const scheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: scheme });
      for (const place of places) {
        await page.goto(SITE + place);
        const session = await context.newCDPSession(page);
        await session.send("Runtime.evaluate", { expression: axe });
        const result = await session.send("Runtime.evaluate", { expression: "axe.run().then(r => JSON.stringify({ passed: r.passes.length, violations: r.violations }))", awaitPromise: true });
        await session.detach();
        const { passed, violations } = JSON.parse(result.result.value);
        check(passed > 5, `the check of ${place} did not run`);
        for (const fault of violations.filter((fault) => ["serious", "critical"].includes(fault.impact)))
          found.push(`${scheme} ${place}: ${fault.id}: ${fault.nodes.slice(0, 3).map((node) => node.html).join(" | ")}`);
      }
    }
    check(found.length === 0, found.join("\n"));
  },

  // Names that would like to be markup: nothing runs, nothing leaves, nothing overflows on a small screen.
  async hostile(page) {
    await logOn(page);
    await page.setViewportSize({ width: 390, height: 844 });
    for (const place of JSON.parse(readFileSync(0, "utf8"))) {
      await page.goto(SITE + place);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      check(over <= 0, `${place} is ${over} px too wide`);
      check(await page.evaluate(() => window.hostile === undefined), `${place} ran a script`);
    }
  },

  // Every page, on three widths, light and dark, to be looked at.
  async screens(page) {
    await logOn(page);
    mkdirSync(SCREENS, { recursive: true });
    for (const place of JSON.parse(readFileSync(0, "utf8"))) for (const width of WIDTHS) for (const scheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(SITE + place);
      const name = place.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "one").replace(/[^a-zA-Z0-9]+/g, "-").replace(/^-|-$/g, "");
      await page.screenshot({ path: `${SCREENS}/${name}-${width}-${scheme}.png` });
    }
  },

  // The form of every cmdlet is found in the palette and opens.
  async forms(page) {
    await logOn(page);
    for (const name of JSON.parse(readFileSync(0, "utf8"))) {
      await page.goto(SITE + "/admin/palette?q=" + name);
      await page.click(`.results a[href='/admin/run/${name}']`);
      await page.waitForSelector("form.fields");
      check((await page.innerText("#command code")).startsWith(name), `${name} is not on its form`);
    }
  },
};

/** Presses Tab until `selector` has the focus. */
async function tabTo(page, selector) {
  for (let pressed = 0; pressed < 200; pressed++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((selector) => document.activeElement.matches(selector), selector)) return;
  }
  throw new Error(`Tab does not reach ${selector}`);
}

await atBrowser(sessions[process.argv[2]]);
