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

/** A page that is not there is asked for on purpose; a browser notes its status. */
const isMissing = (line) => line.text().includes("status of 404") && line.location().url === SITE + "/admin/mailbox/nobody";
const check = (truth, sentence) => { if (!truth) throw new Error(sentence); };

async function atBrowser(work, options = {}) {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: QUIET });
  try {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1440, height: 900 }, ...options });
    const page = await context.newPage();
    const faults = [];
    page.on("pageerror", (error) => faults.push("script: " + error.message));
    // htmx calls it an error when a person leaves the page while a piece of it is on its way: such a request is aborted. One that
    // fails otherwise is a fault.
    page.on("requestfailed", (request) => { if (request.failure().errorText !== "net::ERR_ABORTED") faults.push(`a request failed: ${request.url()} ${request.failure().errorText}`); });
    page.on("console", (line) => { if (line.type() === "error" && !isMissing(line) && !/status of (401|403|413|415)|^htmx:(afterRequest|sendError|sendAbort)/.test(line.text())) faults.push(`console: ${line.text()} ${line.location().url}`); });
    page.on("dialog", (dialog) => { faults.push("dialog: " + dialog.message()); dialog.dismiss(); });
    page.on("request", (request) => { if (!request.url().startsWith(SITE + "/")) faults.push("a request left: " + request.url()); });
    await work(page, context);
    check(faults.length === 0, faults.join("\n"));
  } finally {
    await browser.close();
  }
}

async function logOn(page, who = "Administrator") {
  await page.goto(SITE + "/admin");
  await page.fill("#user", who);
  await page.fill("#password", PASSWORD);
  await page.click("button[type=submit]");
  await page.waitForURL(SITE + "/admin");
}

const heading = (page) => page.locator("main h1").first().innerText();
/** What the page says was done; where it says that something is wrong, that. */
const done = async (page) => {
  const said = page.locator(".notice.good strong, .notice.bad, .field.wrong .problem").first();
  return said.innerText().catch(async (error) => { throw new Error(`${error.message} at ${page.url()}: ${await page.innerText("main")}`); });
};

/** A page says in the reader's form until when what is taken away is kept: so many days from now, by the minute. */
async function keptFor(page, where, days) {
  const said = await page.locator(`${where} .kept time`).innerText();
  const off = await page.evaluate((said) => Date.now() - new Date(said.replace(" ", "T")).getTime(), said);
  const late = off / 60000 + days * 1440;
  check(/^\d{4}-\d\d-\d\d \d\d:\d\d$/.test(said) && late >= 0 && late < 10, `kept until ${said}, which is ${late} minutes off`);
}

/** Looks for serious faults of accessibility on all pages. */
async function accessibility(page, context, forms) {
  const axe = readFileSync(need.resolve("axe-core/axe.min.js"), "utf8");
  await logOn(page);
  const places = await everyPage(page, JSON.parse(readFileSync(0, "utf8")), forms);
  check(places.length > (forms ? 300 : 60), `only ${places.length} pages were found`);
  const found = [];
  const look = async (place, scheme) => {
    const session = await context.newCDPSession(page);
    await session.send("Runtime.evaluate", { expression: axe });
    const result = await session.send("Runtime.evaluate", { expression: "axe.run().then(r => JSON.stringify({ passed: r.passes.length, violations: r.violations }))", awaitPromise: true });
    await session.detach();
    const { passed, violations } = JSON.parse(result.result.value);
    check(passed > 5, `the check of ${place} did not run`);
    for (const fault of violations.filter((fault) => ["serious", "critical"].includes(fault.impact)))
      found.push(`${scheme} ${place}: ${fault.id}: ${fault.nodes.slice(0, 3).map((node) => node.html).join(" | ")}`);
  };
  // What a page is like while somebody works with it.
  const states = {
    "a form with an error": async () => {
      await page.goto(SITE + "/admin/run/New-Mailbox?Shared=true&task=New+shared+mailbox");
      await page.fill("#f-Name", "Fine");
      await page.fill("#f-Alias", "a b");
      await page.click("form.fields .send button[type=submit] >> nth=0");
      await page.waitForSelector(".field.wrong .problem");
    },
    "what a command would do": async () => {
      await page.fill("#f-Alias", "fine");
      await page.click("text=Say what it would do");
      await page.waitForSelector("#preview .notice");
    },
    "a page that is not there": async () => { await page.goto(SITE + "/admin/mailbox/nobody"); await page.waitForSelector(".notice.bad"); },
    "the open palette": async () => {
      await page.goto(SITE + "/admin/mailboxes");
      await page.keyboard.press("Control+k");
      await page.waitForSelector("#palette-q");
      await page.keyboard.type("mail");
      await page.waitForSelector("#palette .results a");
    },
    "a chosen row": async () => {
      await page.goto(SITE + "/admin/mailboxes");
      await page.check("#rows tbody tr:first-child input[name=one]");
      await page.waitForSelector(".bulk.some");
    },
    "the menu of a small screen": async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      await page.click("[data-menu]");
      await page.waitForSelector("nav.side a >> visible=true");
    },
  };
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const place of places) {
      await page.goto(SITE + place);
      // What is shown of an object is a property that its noun declares, which brings its help along; MemberOf is an attribute of a directory.
      for (const label of await page.locator(".fact:not([title]) .label").allInnerTexts()) if (label !== "Member of") found.push(`${place} shows "${label}", which is no property`);
      for (const width of scheme === "light" ? [1024, 390, 1440] : []) {
        await page.setViewportSize({ width, height: 900 });
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (over > 0) found.push(`${place} is ${over} px too wide at ${width}`);
      }
      await look(place, scheme);
    }
    for (const [state, reach] of Object.entries(states)) { await reach(); await look(state, scheme); }
    await page.setViewportSize({ width: 1440, height: 900 });
  }
  check(found.length === 0, found.join("\n"));
}

/** The pages that the side leads to, one object of each list with all its tabs, and the forms behind the buttons of a list's head. */
async function everyPage(page, more, forms) {
  const found = [];
  const add = (place) => { if (place && !found.includes(place)) found.push(place); };
  const hrefs = (selector) => page.locator(selector).evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  await page.goto(SITE + "/admin");
  const sheets = [];
  for (const list of await hrefs("nav.side a")) {
    add(list);
    await page.goto(SITE + list);
    const rows = (await hrefs("#rows td:not(.acts) a")).filter((place) => place.startsWith("/admin/"));
    const kind = (place) => place.split("/")[2];
    if (rows.length && !sheets.some((known) => kind(known) === kind(rows[0]))) sheets.push(rows[0]);
    if (page.url() !== SITE + list) sheets.push(new URL(page.url()).pathname);
    if (forms) for (const place of await hrefs("main .title .tasks a, #rows tr:first-child td.acts a")) if (!place.includes(".ps1")) add(place);
  }
  for (const place of more) add(place);
  for (const sheet of [...sheets, ...more.filter((place) => /^\/admin\/mailbox\/[^?]*$/.test(place))]) {
    await page.goto(SITE + sheet);
    for (const tab of await hrefs("nav.tabs a")) add(tab.startsWith("/admin/run") ? null : tab);
    add(sheet);
  }
  return found;
}

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
    await page.waitForURL(/q=ber/);
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
    await keptFor(page, "main .title", 17);
    await page.click("form.fields button.grave");
    check((await done(page)) === "Done: Disable", await page.innerText("main"));
    await keptFor(page, ".notice.good", 17);
    check(new URL(page.url()).pathname === "/admin/mailboxes", "what is gone is not gone back to");
    await page.click("nav >> text=Disconnected");
    await page.click("tr:has-text('Ann Berg') >> text=Connect");
    await page.waitForSelector("text=fits by name");
    await keptFor(page, "section.part", 17);
    await page.fill("#f-User", "nobody");
    await page.click("form.fields button[type=submit] >> nth=0");
    check((await page.locator(".problem, .notice.bad").count()) > 0, "a refusal is told");
    await page.fill("#f-User", "ann");
    await page.click("form.fields button[type=submit] >> nth=0");
    check((await done(page)) === "Done: Connect", await page.innerText("main"));
  },

  // The tasks of sharing a mailbox, of features and limits, of groups and of many at once, by clicking and typing.
  async tasks(page) {
    await logOn(page);
    const save = async () => { await page.click("form.fields .send >> text=Save"); check((await done(page)).includes("saved"), await page.innerText("main")); };
    const run = async (title) => { await page.click("form.fields .send button[type=submit] >> nth=0"); check((await done(page)) === `Done: ${title}`, await page.innerText("main")); };
    const tab = (title) => page.click(`.tabs >> text=${title}`);
    const open = async (list, name) => { await page.click(`nav.side >> text="${list}"`); await page.click(`#rows a:has-text("${name}")`); };

    await page.click('nav.side >> text="Shared"');
    await page.click("main .title .tasks >> text=New shared mailbox");
    await page.fill("#f-Name", "Proposals");
    await run("New shared mailbox");
    await open("Shared", "Proposals");
    await tab("Delegation");
    for (const [part, field, title] of [["Full access", "User", "Add"], ["Send as", "Trustee", "Add"]]) {
      await page.click(`section.part:has(h2:has-text("${part}")) .tasks >> text=Add`);
      await page.fill("#f-" + field, "ann");
      if (field === "User") { await page.selectOption("#f-AccessRights", ["FullAccess"]); }
      await run(title);
    }
    await page.fill("#f-GrantSendOnBehalfTo", "ben");
    await page.selectOption("#f-MessageCopyForSentAsEnabled", "True");
    await save();

    await open("Mailboxes", "ben");
    await tab("E-mail addresses");
    await page.locator("#f-EmailAddresses").press("End");
    await page.fill("#f-EmailAddresses", (await page.inputValue("#f-EmailAddresses")) + "\nben.second@contoso.com");
    await save();
    await tab("Mailbox features");
    await page.selectOption("#f-PopEnabled", "False");
    await page.selectOption("#f-OWAEnabled", "False");
    await save();
    await tab("Mailbox settings");
    await page.selectOption("#f-UseDatabaseQuotaDefaults", "False");
    await page.fill("#f-IssueWarningQuota", "1GB");
    await page.fill("#f-Languages", "de-DE");
    await save();
    await tab("Mail flow settings");
    await page.fill("#f-MaxSendSize", "10MB");
    await page.fill("#f-RecipientLimits", "20");
    await save();
    await tab("Address and phone");
    await page.fill("#f-City", "Bremen");
    await page.fill("#f-Phone", "+49 421 1");
    await save();
    await tab("Anti-spam");
    await page.selectOption("#f-SCLJunkEnabled", "True");
    await page.fill("#f-SCLJunkThreshold", "5");
    await save();
    await page.click("main .title .tasks >> text=Convert");
    await page.selectOption("#f-Type", "Shared");
    await run("Convert");

    await page.click('nav.side >> text="Groups"');
    await page.click("main .title .tasks >> text=New group");
    await page.fill("#f-Name", "Readers");
    await run("New group");
    await open("Groups", "Readers");
    await tab("Members");
    await page.click("section.part .tasks >> text=Add a member");
    await page.fill("#f-Member", "ann");
    await run("Add a member");
    check(await page.locator("td:has-text('ann')").count() > 0, "the member is shown");

    await page.click('nav.side >> text="Jobs"');
    await page.click("text=Import a CSV");
    await page.fill("#f-cmdlet", "New-Mailbox");
    await page.setInputFiles("#f-file", { name: "rows.csv", mimeType: "text/csv", buffer: Buffer.from("Name,Shared\nBids,true\nOffers,true\n") });
    await page.click("form.fields .send button");
    await page.waitForURL(/admin\/job/);
    // The page follows by itself, without a reload.
    await page.waitForSelector(".fact:has-text('Status') .value:has-text('Completed')");
    await page.reload();
    await page.click("main .title .tasks >> text=Do it");
    await page.click("form.fields .send button[type=submit] >> nth=0");
    await page.waitForSelector(".fact:has-text('Status') .value:has-text('Completed')");
    await page.click('nav.side >> text="Shared"');
    await page.check("[data-every]");
    check(await page.isEnabled("[data-chosen] >> nth=0"), "all are chosen");
    await page.uncheck("[data-every]");
    await page.check("tr:has-text('Bids') input");
    await page.click(".bulk >> text=Disable");
    await page.waitForSelector("text=waits among the disconnected ones");
    await keptFor(page, "main .title", 30);
    await page.click("form.fields button.grave");
    await page.waitForURL(/admin\/job/);
    await keptFor(page, ".notice", 30);
    await page.waitForSelector(".fact:has-text('Status') .value:has-text('Completed')");
  },

  // Mail on its way: a rule is made, tried, switched off and on and changed; a queue is held and let go from the first page; a
  // message is followed to its fate.
  async flow(page) {
    await logOn(page);
    const run = async (title) => { await page.click("form.fields .send button[type=submit] >> nth=0"); check((await done(page)) === `Done: ${title}`, await page.innerText("main")); };
    const fact = (name) => page.locator(`.fact:has(.label:text-is("${name}")) .value`).innerText();

    await page.click('nav.side >> text="Rules"');
    await page.click("main .title .tasks >> text=New rule");
    await page.fill("#f-Name", "Deputies");
    await page.fill("#f-SubjectContainsWords", "urgent\nsofort");
    await page.fill("#f-RedirectMessageTo", "nobody");
    await page.click("form.fields .send button[type=submit] >> nth=0");
    check((await page.locator(".field.wrong:has(#f-RedirectMessageTo) .problem").innerText()).includes("nobody"), await page.innerText("main"));
    await page.fill("#f-RedirectMessageTo", "ann");
    // Text is what was typed, blanks at its ends as well.
    if (!(await page.isVisible("#f-PrependSubject"))) await page.click("details:not(.columns) summary");
    await page.fill("#f-PrependSubject", "[x] ");
    await page.waitForSelector("#command code:has-text(\"-PrependSubject '[x] '\")");
    await run("New rule");
    await page.click("#rows a:has-text('Deputies')");
    check((await fact("Subject contains words")).includes("urgent"), await page.innerText("main"));
    await page.fill("#f-Comments", "While Ben is away.");
    await page.click("form.fields .send >> text=Save");
    check((await done(page)).includes("saved"), await page.innerText("main"));

    const acts = async () => {
      await page.click("main .title .tasks >> text=Test a message");
      await page.fill("#f-MessageFile", "Subject: it is urgent\n\nx");
      await page.fill("#f-Recipients", "ben@contoso.com");
      await page.fill("#f-Sender", "far@far.example");
      await page.click("form.fields .send button[type=submit] >> nth=0");
      const answer = await page.locator("section.answer tr:has-text('Deputies') td[data-label='Acts']").innerText();
      await page.click("form.fields .send >> text=Cancel");
      return answer;
    };
    check(await acts() === "Yes", "the rule would act");
    await page.click("main .title .tasks >> text=Disable");
    await run("Disable");
    check(await fact("State") === "Disabled" && !(await page.locator("main .title .tasks >> text=Disable").count()), await page.innerText("main"));
    await page.click("main .title .tasks >> text=Enable");
    await run("Enable");
    check(await acts() === "Yes", "the rule acts again");

    await page.click('nav.side >> text="Queues"');
    await page.click("#rows a:has-text('far.example')");
    await page.click("main .title .tasks >> text=Suspend");
    await run("Suspend");
    check(await fact("Status") === "Suspended", await page.innerText("main"));
    await page.click('nav.side >> text="Home"');
    const trouble = page.locator(".trouble:has-text('far.example')");
    check((await trouble.innerText()).includes("suspended"), await page.innerText("main"));
    await trouble.locator("text=Resume it").click();
    await run("Resume it");
    check(!(await page.locator(".trouble:has-text('far.example')").count()), await page.innerText("main"));
    await page.click('nav.side >> text="Queues"');
    await page.click("#rows a:has-text('far.example')");
    await page.click("section.part td.acts >> text=Remove");
    await page.selectOption("#f-WithNDR", "False");
    await page.click("form.fields button.grave");
    check((await done(page)) === "Done: Remove", await page.innerText("main"));

    await page.click('nav.side >> text="Message trace"');
    await page.click("tr:has-text('DELIVER'):has-text('Offer for the harbour crane') >> text=Fate");
    await page.click("form.fields .send button[type=submit] >> nth=0");
    check((await page.innerText("section.answer")).includes("Mailbox"), await page.innerText("main"));
    await page.goto(SITE + "/admin/trace");
    await page.click("main .title .tasks >> text=Find messages");
    await page.fill("#f-Sender", "carla@contoso.com");
    await page.click("form.fields .send button[type=submit] >> nth=0");
    check((await page.innerText("section.answer")).includes("carla@contoso.com"), await page.innerText("main"));
  },

  // What is left of the seeds' tasks: a mailbox for an account that exists, the other protocols, limits of the organization, a
  // catch-all both ways, automapping off, rights taken back, removing.
  async rest(page) {
    await logOn(page);
    const save = async () => { await page.click("form.fields .send >> text=Save"); check((await done(page)).includes("saved"), await page.innerText("main")); };
    const run = async (title) => { await page.click("form.fields .send button[type=submit] >> nth=0"); check((await done(page)) === `Done: ${title}`, await page.innerText("main")); };
    const tab = (title) => page.click(`.tabs >> text=${title}`);
    const open = async (list, name) => { await page.click(`nav.side >> text="${list}"`); await page.click(`#rows a:has-text("${name}")`); };

    await page.click('nav.side >> text="Mailboxes"');
    await page.click("main .tasks >> text=New mailbox");
    await page.click("text=Mailbox for an account that exists");
    await page.fill("#f-Identity", "carla");
    await run("Enable-Mailbox");
    await open("Mailboxes", "carla");
    await tab("Mailbox features");
    for (const name of ["ActiveSyncEnabled", "MAPIEnabled", "ImapEnabled"]) await page.selectOption("#f-" + name, "False");
    await save();

    await page.click('nav.side >> text="Limits"');
    await page.fill("#f-MaxRecipientEnvelopeLimit", "40");
    await page.fill("#f-MaxSendSize", "20MB");
    await save();

    await open("Accepted domains", "contoso");
    await tab("More");
    await page.fill("#f-CatchAllRecipient", "ben");
    await save();
    await page.click('nav.side >> text="Rules"');
    await page.click("main .title .tasks >> text=New rule");
    await page.fill("#f-Name", "Catch all");
    await page.click("details:not(.columns) summary");
    await page.fill("#f-AnyOfRecipientAddressMatchesPatterns", "@contoso\\.com$");
    await page.fill("#f-BlindCopyTo", "ben");
    await run("New rule");

    await open("Mailboxes", "ann");
    await page.click("main .title .tasks >> text=Convert");
    await page.selectOption("#f-Type", "Shared");
    await run("Convert");
    await open("Shared", "ann");
    await tab("Delegation");
    await page.click('section.part:has(h2:has-text("Full access")) .tasks >> text=Add');
    await page.fill("#f-User", "ben");
    await page.selectOption("#f-AccessRights", ["FullAccess"]);
    await page.selectOption("#f-AutoMapping", "False");
    await run("Add");
    await page.click('section.part:has(h2:has-text("Full access")) .tasks >> text=Add');
    await page.fill("#f-User", "carla");
    await page.selectOption("#f-AccessRights", ["FullAccess"]);
    await run("Add");
    await page.click('section.part:has(h2:has-text("Full access")) tr:has-text("carla") >> text=Remove');
    await page.click("form.fields button.grave");
    check((await done(page)) === "Done: Remove", await page.innerText("main"));

    await open("Mailboxes", "eva");
    await page.click("main .title .tasks >> text=Remove");
    await page.waitForSelector("text=Deletes the account");
    await keptFor(page, "main .title", 30);
    await page.selectOption("#f-Permanent", "False");
    await page.click("form.fields button.grave");
    await keptFor(page, ".notice.good", 30);
    check((await done(page)) === "Done: Remove", await page.innerText("main"));
    await page.click('nav.side >> text="Disconnected"');
    check(await page.locator("#rows tr:has-text('eva')").count() === 1, "the mail of eva stays");
  },

  // The other kinds of mailboxes: made by their buttons and by the wizard, with an archive, and connected as what they were.
  async kinds(page) {
    await logOn(page);
    const run = async (title) => { await page.click("form.fields .send button[type=submit] >> nth=0"); check((await done(page)) === `Done: ${title}`, await page.innerText("main")); };
    const listed = async (list, name) => { await page.click(`nav.side >> text="${list}"`); const rows = page.locator(`#rows a:has-text("${name}")`); await rows.first().waitFor().catch(() => {}); check((await rows.count()) === 1, `${name} does not stand in ${list}: ${await page.innerText("main")}`); };

    for (const [kind, name] of [["room", "Harbour Room"], ["equipment", "Harbour Crane"]]) {
      await page.click('nav.side >> text="Rooms and equipment"');
      await page.click(`main .title .tasks >> text=New ${kind}`);
      await page.fill("#f-Name", name);
      await run(`New ${kind}`);
      await listed("Rooms and equipment", name);
    }
    for (const [card, kind, name] of [["Room", "room", "Tower Room"], ["Equipment", "equipment", "Tower Crane"]]) {
      await page.click('nav.side >> text="Mailboxes"');
      await page.click("main .title .tasks >> text=New mailbox");
      await page.click(`.card:has(strong:text-is("${card}"))`);
      await page.fill("#f-Name", name);
      await run(`New ${kind}`);
      await listed("Rooms and equipment", name);
    }
    await page.click('nav.side >> text="Mailboxes"');
    await page.click("main .title .tasks >> text=New mailbox");
    await page.click("text=User mailbox");
    for (const [field, value] of [["Name", "Keeper"], ["Alias", "keeper"], ["UserPrincipalName", "keeper@contoso.com"], ["Password", "geheim-Kx8-2026"]]) await page.fill("#f-" + field, value);
    if (!(await page.isVisible("#f-Archive"))) await page.click("details:not(.columns) summary");
    await page.check("#f-Archive");
    await page.waitForSelector("#command code:has-text('-Archive')");
    await run("New mailbox");
    await listed("Archives", "Keeper");

    // The account is picked: those without a mailbox are offered, and nobody else.
    for (const kind of ["Shared", "Room", "Equipment"]) {
      await page.click('nav.side >> text="Disconnected"');
      await page.click(`tr:has-text('Lost ${kind}') >> text=Connect`);
      await page.click(`nav.tabs[aria-label="Ways to run it"] >> text="${kind}"`);
      check(await page.isChecked("#f-" + kind), "the kind that was chosen is set");
      const list = await page.getAttribute("#f-User", "list");
      const offered = await page.locator(`#${list} option`).evaluateAll((options) => options.map((option) => [option.value, option.label]));
      const pick = offered.find(([, label]) => label === `Lost ${kind}`);
      check(pick && !offered.some(([, label]) => label === "Keeper"), JSON.stringify(offered));
      await page.fill("#f-User", pick[0]);
      await run("Connect");
    }
    await listed("Shared", "Lost Shared");
    await listed("Rooms and equipment", "Lost Room");
    await listed("Rooms and equipment", "Lost Equipment");
  },

  // An archive: made on the mailbox's page, taken away, and joined to a mailbox that has none; whoever may get it is offered, and
  // nobody else.
  async archives(page) {
    await logOn(page);
    const run = async (title) => { await page.click("form.fields .send button[type=submit] >> nth=0"); check((await done(page)) === `Done: ${title}`, await page.innerText("main")); };
    const archive = async (name) => { await page.click('nav.side >> text="Mailboxes"'); await page.click(`#rows a:has-text("${name}")`); await page.click(".tabs >> text=Archive"); };
    const task = (title) => page.click(`section.part .tasks a:text-is("${title}")`);
    const connect = async (name) => { await page.click('nav.side >> text="Disconnected"'); await page.click(`#rows tr:has-text("${name}") >> text=Connect archive`); };
    const offered = async (field) => {
      const list = await page.getAttribute("#f-" + field, "list");
      return page.locator(`#${list} option`).evaluateAll((options) => options.map((option) => option.label).sort());
    };
    const refused = async (field) => {
      await page.click("form.fields .send button[type=submit] >> nth=0");
      return page.locator(`.field.wrong:has(#f-${field}) .problem`).innerText().catch(async () => { throw new Error(await page.innerText("main")); });
    };
    const without = ["Keeper", "Taker"];

    await archive("Keeper");
    check(!(await page.locator("section.part .tasks a:text-is('Disable archive')").count()), "there is none to be taken away");
    await task("Enable archive");
    check(await page.isChecked("#f-Archive") && JSON.stringify(await offered("Identity")) === JSON.stringify(without), JSON.stringify(await offered("Identity")));
    await page.fill("#f-ArchiveDatabase", "Nowhere");
    check((await refused("ArchiveDatabase")).includes("Nowhere"), await page.innerText("main"));
    await page.fill("#f-ArchiveDatabase", "");
    await page.fill("#f-ArchiveName", "What was");
    await run("Enable archive");
    check((await page.inputValue("#f-ArchiveName")) === "What was", await page.innerText("main"));
    check(!(await page.locator("section.part .tasks a:text-is('Enable archive')").count()), "it has one");
    await task("Disable archive");
    await keptFor(page, "main .title", 30);
    await page.click("form.fields button.grave");
    check((await done(page)) === "Done: Disable archive", await page.innerText("main"));

    await connect("What was");
    check(!(await page.locator('[name="p.RestoreSettings"]:checked').count()), "an archive has no settings of its own");
    await page.waitForSelector("text=Keeper had this archive and has none now");
    check(JSON.stringify(await offered("User")) === JSON.stringify(without), JSON.stringify(await offered("User")));
    for (const [user, sentence] of [["nobody", /nobody/], ["Loner", /has no mailbox/], ["Holder", /already has an archive/], ["Taker", /has another one/]]) {
      await page.fill("#f-User", user);
      const said = await refused("User");
      check(sentence.test(said), `${user}: ${said}`);
      check((await page.inputValue("#f-User")) === user, "what was typed stays");
      check(JSON.stringify(await offered("User")) === JSON.stringify(without), "and so does what is offered");
    }
    await page.check("#f-AllowLegacyDNMismatch");
    await run("Connect archive");
    await page.click('nav.side >> text="Archives"');
    check(await page.locator("#rows tr:has-text('Taker'):has-text('What was')").count() === 1, await page.innerText("main"));

    await archive("Taker");
    await task("Disable archive");
    await page.click("form.fields button.grave");
    await connect("What was");
    await page.waitForSelector("text=Taker had this archive and has none now");
    await run("Connect archive");

    // Whoever chose the set of the archive means one.
    await page.goto(SITE + "/admin/run/Enable-Mailbox?set=Archive");
    check(await page.isChecked("#f-Archive"), "the set is chosen by its switch");
    await page.fill("#f-Identity", "Loner");
    check((await refused("Identity")).includes("no mailbox"), await page.innerText("main"));
    await page.fill("#f-Identity", "Keeper");
    await run("Enable-Mailbox");
  },

  // A file that is too long or of the wrong kind: the sentence stands at its field, and nothing else is lost.
  async uploads(page) {
    await logOn(page);
    const files = JSON.parse(readFileSync(0, "utf8"));
    for (const [file, sentence, keeps] of files) {
      await page.click('nav.side >> text="Jobs"');
      await page.click("text=Import a CSV");
      await page.fill("#f-cmdlet", "Set-Mailbox");
      await page.setInputFiles("#f-file", file);
      await page.click("form.fields .send button");
      const said = await page.locator(".field.wrong:has(#f-file) .problem").innerText().catch(async (error) => { throw new Error(`${file}: ${error.message} at ${page.url()}: ${await page.innerText("body")}`); });
      check(said.includes(sentence), `${file}: ${said}`);
      check(!keeps || (await page.inputValue("#f-cmdlet")) === "Set-Mailbox", `${file}: the command is lost`);
    }
    await page.fill("#f-cmdlet", "Set-Mailbox");
    await page.setInputFiles("#f-file", { name: "rows.csv", mimeType: "text/csv", buffer: Buffer.from("Identity,Office\nann,7\n") });
    await page.click("form.fields .send button");
    await page.waitForURL(/admin\/job/);
  },

  // Two administrators at one form, what one of them takes back, and a job that goes on while nobody looks.
  async together(page, context) {
    await logOn(page);
    const fresh = await context.browser().newContext({ ignoreHTTPSErrors: true, viewport: { width: 1440, height: 900 } });
    const other = await fresh.newPage();
    await logOn(other, "eva");
    const save = async (who) => { await who.click("form.fields .send >> text=Save"); check((await done(who)).includes("saved"), await who.innerText("main")); };
    for (const who of [page, other]) {
      await who.click('nav.side >> text="Mailboxes"');
      await who.click('#rows a:has-text("ben")');
      await who.click(".tabs >> text=Organization");
    }
    await page.fill("#f-Department", "Sales");
    await save(page);
    // What the other one touches is another field: both are kept.
    await other.fill("#f-Title", "Buyer");
    await save(other);
    check((await other.inputValue("#f-Department")) === "Sales", "the page shows what the first one saved");
    await page.fill("#f-Department", "Purchase");
    await save(page);
    await other.fill("#f-Department", "Marketing");
    await other.click("form.fields .send >> text=Save");
    check((await other.innerText(".notice.warn")).includes("Department is now “Purchase”"), await other.innerText("main"));
    await other.click("text=Show what it is now");
    check((await other.inputValue("#f-Department")) === "Purchase", await other.innerText("main"));
    await other.fill("#f-Department", "Marketing");
    await page.fill("#f-Department", "Stores");
    await save(page);
    await other.click("form.fields .send >> text=Save");
    await other.click("text=Save mine anyway");
    check((await done(other)).includes("saved"), await other.innerText("main"));

    // The history says who did it; a change on which another one was built is not offered to be undone, the last one is.
    await page.click(".tabs >> text=History");
    const row = (text) => page.locator(`section.part tr:has-text("${text}")`);
    check((await row("Marketing").first().innerText()).includes("eva"), await page.innerText("main"));
    check(await row("Stores").count() === 1 && !(await row("Stores").locator("text=Undo").count()), await page.innerText("main"));
    await row("Marketing").first().locator("text=Undo").click();
    await page.click("form.fields button.grave");
    check((await done(page)) === "Done: Undo", await page.innerText("main"));
    await page.click(".tabs >> text=Organization");
    check((await page.inputValue("#f-Department")) === "Stores", await page.innerText("main"));
    check((await page.inputValue("#f-Title")) === "Buyer", await page.innerText("main"));

    // A job is begun and held, its page closed and its session ended; somebody else finds it, lets it go on, and sees it end.
    await other.click('nav.side >> text="Jobs"');
    await other.click("text=Import a CSV");
    await other.fill("#f-cmdlet", "Set-Mailbox");
    const rows = Array.from({ length: 300 }, (_, at) => `${at % 3 ? "ben" : "nobody" + at},${at}\n`).join("");
    await other.setInputFiles("#f-file", { name: "rows.csv", mimeType: "text/csv", buffer: Buffer.from("Identity,Office\n" + rows) });
    await other.click("form.fields .send button");
    await other.waitForURL(/admin\/job/);
    await other.waitForSelector(".fact:has-text('Status') .value:has-text('Completed')");
    await other.reload();
    await other.click("main .title .tasks >> text=Do it");
    await other.click("form.fields .send button[type=submit] >> nth=0");
    await other.waitForURL(/admin\/job/);
    const job = new URL(other.url()).pathname;
    await other.close();
    await fresh.close();
    await page.click('nav.side >> text="Jobs"');
    await page.click(`#rows a[href="${job}"]`);
    const fact = (name) => page.locator(`.fact:has(.label:text-is("${name}")) .value`);
    await fact("Status").filter({ hasText: "Completed" }).waitFor();
    check((await fact("Requestor").innerText()).includes("eva"), await page.innerText("main"));
    check((await fact("Rows done").innerText()) === "300" && (await fact("Rows failed").innerText()) === "100", await page.innerText("main"));
    check((await page.innerText("section.part tr:has-text('nobody0')")).includes("couldn't be found"), await page.innerText("main"));
  },

  // A double click, the way back and a reload: nothing runs twice.
  async twice(page) {
    await logOn(page);
    await page.goto(SITE + "/admin/run/New-Mailbox?Shared=true&task=New+shared+mailbox&back=/admin/shared");
    await page.fill("#f-Name", "Once");
    await page.dblclick("form.fields .send button[type=submit] >> nth=0");
    check((await done(page)) === "Done: New shared mailbox", await page.innerText("main"));
    await page.reload();
    check(!(await page.locator(".notice.good").count()), "what was done is said once");
    await page.goBack();
    check(await page.locator("#f-Name").count() === 1, "the way back leads to the form");
    await page.goForward();
    check((await page.locator("#rows a:has-text('Once')").count()) === 1, await page.innerText("main"));
    // The very same form, sent again as a browser does that kept it.
    await page.goBack();
    const sent = await page.evaluate(async () => {
      const form = document.querySelector("form.fields");
      form.querySelector("#f-Name").value = "Twice";
      form.querySelector("[name='p.Name']").value = "Once";
      return (await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) })).text();
    });
    check(sent.includes("already"), "a second form of the same name is refused");
    // One form sent twice at the same time, and once more: each sending hears what was done.
    await page.reload();
    const heard = await page.evaluate(async () => {
      const form = document.querySelector("form.fields");
      for (const field of form.querySelectorAll("#f-Name, [name='p.Name']")) field.value = "Thrice";
      const post = async () => {
        const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
        return [new URL(answer.url).pathname, (await answer.text()).split("Done: New shared mailbox").length - 1];
      };
      return [...(await Promise.all([post(), post()])), await post()];
    });
    check(heard.every(([place]) => place === "/admin/shared"), JSON.stringify(heard));
    check(heard[0][1] + heard[1][1] >= 1 && heard[2][1] === 1, JSON.stringify(heard));
  },

  // Each refusal of the two wizards: the sentence stands at its field with its help, and what was typed stays.
  async refusals(page) {
    await logOn(page);
    const wrong = [];
    const good = { Name: "Eve Stone", Alias: "eve", UserPrincipalName: "eve@contoso.com", Password: "geheim-Kx8-2026" };
    const of_forest = { LinkedMasterAccount: "FOREST\\lin", LinkedDomainController: "dc.forest.example" };
    const linked = { Name: "Lin Ked", ...of_forest };
    const user = "/admin/run/New-Mailbox?task=New+mailbox&back=/admin/mailboxes";
    const shared = "/admin/run/New-Mailbox?Shared=true&task=New+shared+mailbox&back=/admin/shared";
    const enable = "/admin/run/Enable-Mailbox?back=/admin/mailboxes";
    const first = await (async () => {
      await page.goto(SITE + "/admin/disconnected");
      const places = {};
      for (const row of await page.locator("tbody tr").all())
        places[(await row.locator("td[data-label='Display name']").innerText()).trim()] = await row.locator("td.acts a").getAttribute("href");
      return places;
    })();
    const connect = first["Lost One"];
    const archive = first["In-Place Archive -Apart"];
    const cases = [
      [user, { ...good, Name: "" }, "Name", null],
      [user, { ...good, Name: "N".repeat(65) }, "Name", /64/],
      [user, { ...good, Name: "Ann" }, "Name", /already/],
      [user, { ...good, Alias: "e v e" }, "Alias", /alias/i],
      [user, { ...good, UserPrincipalName: "eve" }, "UserPrincipalName", /user principal name/],
      [user, { ...good, UserPrincipalName: "ann@contoso.com" }, "UserPrincipalName", /already|taken|used/],
      [user, { ...good, Password: "short" }, "Password", /policy/],
      [user, { ...good, Password: "Password1!" }, "Password", /policy/],
      [user, { ...good, Database: "Nowhere" }, "Database", /Nowhere/],
      [user, { ...good, PrimarySmtpAddress: "eve" }, "PrimarySmtpAddress", /address/],
      [user, { ...good, PrimarySmtpAddress: "ann@contoso.com" }, "PrimarySmtpAddress", /ann@contoso.com/],
      [user, { ...good, OrganizationalUnit: "Nowhere" }, "OrganizationalUnit", /Nowhere/],
      [user, { ...good, SamAccountName: "a/b" }, "SamAccountName", /a\/b/],
      [user, { ...good, Database: "Away" }, "Database", /not mounted/],
      [user, { ...good, ArchiveDatabase: "Nowhere" }, "ArchiveDatabase", /Nowhere/],
      [user, { ...good, RoleAssignmentPolicy: "Nowhere" }, "RoleAssignmentPolicy", /Nowhere/],
      [shared, { Name: "Ann" }, "Name", /already/],
      ["/admin/run/New-Mailbox?Room=true&task=New+room", { Name: "Ann" }, "Name", /already/],
      ["/admin/run/New-Mailbox?Room=true&set=EnableRoomMailboxAccount&task=New+room", { Name: "Fine", UserPrincipalName: "fine@contoso.com", EnableRoomMailboxAccount: "True" }, "RoomMailboxPassword", /password/i],
      ["/admin/run/New-Mailbox?Equipment=true&task=New+equipment", { Name: "Fine", Alias: "a b" }, "Alias", /alias/i],
      [shared, { Name: "Fine", Alias: "<b>" }, "Alias", /alias/i],
      ["/admin/run/New-Mailbox?set=Linked", { ...linked, LinkedDomainController: "" }, "LinkedDomainController", null],
      ["/admin/run/New-Mailbox?set=Linked", { ...linked, LinkedMasterAccount: "" }, "LinkedMasterAccount", null],
      ["/admin/run/New-Mailbox?set=Linked", linked, "LinkedDomainController", /dc\.forest\.example/],
      [enable, { Identity: "nobody" }, "Identity", /nobody/],
      [enable, { Identity: "Ann" }, "Identity", /mailbox/],
      [enable, { Identity: "Spare", Database: "Nowhere" }, "Database", /Nowhere/],
      [enable, { Identity: "Spare", Alias: "a b" }, "Alias", /alias/i],
      [enable, { Identity: "Loner", PrimarySmtpAddress: "ann@contoso.com" }, "PrimarySmtpAddress", /ann@contoso.com/],
      [enable + "&set=Shared", { Identity: "Loner" }, "Identity", /logon-disabled/],
      [enable + "&set=Archive", { Identity: "Loner" }, "Identity", /has no mailbox/],
      [enable + "&set=Archive", { Identity: "Ann" }, "Identity", /already has an archive/],
      [connect, {}, "User", /match|account|user/i],
      [connect, { User: "nobody" }, "User", /nobody/],
      [connect, { User: "Ann" }, "User", /mailbox/],
      [connect, { User: "Spare", Alias: "a b" }, "Alias", /alias/i],
      [connect + "&set=Shared", { User: "Loner" }, "User", /logon-disabled/],
      [connect + "&set=Linked", { User: "Spare", ...of_forest }, "LinkedDomainController", /dc\.forest\.example/],
      [archive, {}, "User", /No mailbox without an archive/],
      [archive, { User: "Loner" }, "User", /has no mailbox/],
      [archive, { User: "Ann" }, "User", /already has an archive/],
      [connect, { User: "Spare", Database: "Nowhere" }, "Database", /Nowhere/],
      [connect, { User: "Spare", Identity: "00000000-0000-4000-8000-000000000000" }, "Identity", /couldn't be found|no /i],
      [first["Twin"], {}, "User", /Several users match.*Twin One.*Twin Two|Several users match.*Twin Two.*Twin One/],
      // Somebody else was quicker.
      [first["Meanwhile"], { User: "Spare" }, "Identity", /still belongs to|couldn't be found/],
      [archive, { User: "Meanwhile" }, "User", /has another one/],
      // What takes a mailbox away, and what makes another kind of it.
      ["/admin/run/Disable-Mailbox?back=/admin/mailboxes", { Identity: "nobody" }, "Identity", /nobody/],
      ["/admin/run/Disable-Mailbox?Identity=Ann&back=/admin/mailboxes", {}, "IgnoreLegalHold", /litigation hold/],
      ["/admin/run/Remove-Mailbox?Identity=Ann&back=/admin/mailboxes", {}, "IgnoreLegalHold", /litigation hold/],
      ["/admin/run/Disable-Mailbox?Identity=Meanwhile&Archive=true&back=/admin/mailboxes", {}, "Archive", /has no archive/],
      ["/admin/run/Set-Mailbox?Identity=Ann&task=Convert&back=/admin/mailboxes", { Type: "Shared", Password: "geheim-Kx8-2026" }, "Password", /Only a regular mailbox/],
      ["/admin/run/Set-Mailbox?Identity=Ann&task=Convert&back=/admin/mailboxes", { Type: "Regular", Password: "short" }, "Password", /policy/],
      ["/admin/run/Set-Mailbox?Identity=Ann&task=Link&back=/admin/mailboxes", of_forest, "LinkedDomainController", /dc\.forest\.example/],
    ];
    const quicker = async (place) => {
      const other = await page.context().newPage();
      await other.goto(SITE + place);
      await other.click("form.fields .send button[type=submit] >> nth=0");
      check((await done(other)) === "Done: Connect", await other.innerText("main"));
      await other.close();
    };
    for (const [place, fields, field, sentence] of cases) {
      await page.goto(SITE + place);
      if (place === first["Meanwhile"]) await quicker(place);
      const label = `${place.slice(0, 60)} ${JSON.stringify(fields).slice(0, 120)}`;
      if (await page.locator("details:not(.columns) summary").count()) await page.locator("details:not(.columns) summary").first().click();
      for (const [name, value] of Object.entries(fields)) {
        if (!(await page.locator("#f-" + name).count())) { wrong.push(`${label}: no field ${name}`); continue; }
        const isChoice = await page.locator("#f-" + name).evaluate((field) => field.tagName === "SELECT");
        await (isChoice ? page.selectOption("#f-" + name, value) : page.fill("#f-" + name, value));
      }
      await page.click("form.fields .send button[type=submit] >> nth=0");
      if (sentence === null) {
        if (!(await page.locator(`#f-${field}:invalid`).count())) wrong.push(`${label}: an empty field is sent`);
        continue;
      }
      const problem = page.locator(`.field.wrong:has(#f-${field}) .problem`);
      if (!(await problem.count())) { wrong.push(`${label}: nothing stands at ${field}: ${(await page.innerText("main")).slice(0, 600)}`); continue; }
      const said = await problem.innerText();
      if (!sentence.test(said)) wrong.push(`${label}: ${field} says: ${said}`);
      if (!(await page.locator(`#f-${field}`).isVisible())) wrong.push(`${label}: the field is folded away`);
      if (!(await page.locator(`.field:has(#f-${field}) .help`).count())) wrong.push(`${label}: no help at ${field}`);
      for (const [name, value] of Object.entries(fields))
        if (!name.includes("Password") && (await page.inputValue("#f-" + name)) !== value) wrong.push(`${label}: ${name} is lost`);
    }
    check(wrong.length === 0, wrong.join("\n\n"));
  },

  // The two wizards without a mouse.
  async keyboard(page) {
    await page.goto(SITE + "/admin");
    await tabTo(page, "#user", true);
    await page.keyboard.type("Administrator");
    await tabTo(page, "#password");
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL(SITE + "/admin");
    await page.keyboard.press("Control+k");
    await page.waitForSelector("#palette-q");
    await page.keyboard.type("New-Mailbox");
    await page.waitForSelector("#palette #found h2:first-child:has-text('Cmdlets') + ul li:first-child a[href='/admin/run/New-Mailbox']");
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

    await tabTo(page, "nav.side a[href='/admin/disconnected']");
    await page.keyboard.press("Enter");
    await page.waitForURL(/admin\/disconnected/);
    await tabTo(page, "td.acts a");
    await page.keyboard.press("Enter");
    await page.waitForURL(/admin\/connect/);
    await tabTo(page, "#f-User");
    await page.keyboard.type("eva");
    await tabTo(page, "form.fields .send button");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".notice.good");
  },

  // Whoever is logged on: what the side, the tabs, the rows and the buttons lead to is no page that refuses.
  async offered(page, context) {
    const wrong = [];
    for (const [who, forms, there, not] of JSON.parse(readFileSync(0, "utf8"))) {
      await context.clearCookies();
      await logOn(page, who);
      const side = await page.locator("nav.side a").allInnerTexts();
      for (const title of there) if (!side.includes(title)) wrong.push(`${who} is not offered ${title}: ${side}`);
      for (const title of not) if (side.includes(title)) wrong.push(`${who} is offered ${title}`);
      const places = await everyPage(page, ["/admin/palette?q=a"], forms);
      check(places.length >= there.length, `${who} found only ${places}`);
      for (const place of places) {
        const answer = await page.goto(SITE + place);
        const bad = await page.locator(".notice.bad:not(.trouble), .field .problem, p.problem").allInnerTexts();
        if (answer.status() !== 200 || bad.length) wrong.push(`${who} ${place}: ${answer.status()} ${bad}`);
      }
      await page.goto(SITE + "/admin/palette?q=a");
      for (const place of await page.locator(".results a").evaluateAll((links) => links.map((link) => link.getAttribute("href")))) {
        const answer = await page.goto(SITE + place);
        if (answer.status() !== 200) wrong.push(`${who} was shown ${place} in the palette: ${answer.status()}`);
      }
    }
    check(wrong.length === 0, wrong.join("\n"));
  },

  // No serious fault of accessibility on any page and in any state of one, in both themes; with the form of each cmdlet, or without.
  accessible: (page, context) => accessibility(page, context, false),
  accessible_forms: (page, context) => accessibility(page, context, true),

  // Mailboxes of another forest: made, connected, linked, and made one's own again; then each other kind in turn.
  async linked(page) {
    await logOn(page);
    const run = async (title) => { await page.click("form.fields .send button[type=submit] >> nth=0"); check((await done(page)) === `Done: ${title}`, await page.innerText("main")); };
    const open = async (list, name) => { await page.click(`nav.side >> text="${list}"`); await page.click(`#rows a:has-text("${name}")`); };
    const task = (title) => page.click(`main .title .tasks a:text-is("${title}")`);
    const owner = async (account) => { await page.fill("#f-LinkedMasterAccount", account); await page.fill("#f-LinkedDomainController", "ldap.litware.test"); };

    await page.click('nav.side >> text="Linked"');
    await task("New linked mailbox");
    await page.fill("#f-Name", "Ann of Litware");
    await page.fill("#f-Alias", "ann");
    await owner("LITWARE\\nobody");
    await page.click("form.fields .send button[type=submit] >> nth=0");
    check((await page.locator(".field.wrong:has(#f-LinkedMasterAccount) .problem").innerText()).includes("nobody"), await page.innerText("main"));
    await page.fill("#f-LinkedMasterAccount", "LITWARE\\ann");
    await run("New linked mailbox");
    check((await page.locator("#rows tr:has-text('Ann of Litware')").innerText()).includes("LITWARE\\ann"), "the list says whose it is");

    await page.click('nav.side >> text="Disconnected"');
    await page.click("tr:has-text('carol') >> text=Connect");
    await page.click('nav.tabs[aria-label="Ways to run it"] >> text="Linked"');
    await page.fill("#f-User", "carol");
    await owner("LITWARE\\carol");
    await run("Connect");

    await open("Mailboxes", "ben");
    await task("Link");
    await owner("LITWARE\\ben");
    await page.click("form.fields .send button[type=submit] >> nth=0");
    check((await done(page)).includes("must be logon-disabled"), await page.innerText("main"));
    await open("Mailboxes", "eve");
    await task("Link");
    await owner("LITWARE\\ben");
    await run("Link");
    check(await page.locator('main .title .tasks a:text-is("Convert")').count() === 0, "a linked mailbox is unlinked first");
    await task("Convert to a user mailbox");
    await page.fill("#f-Password", "geheim-Kx8-2026");
    await run("Convert to a user mailbox");
    for (const kind of ["Room", "Equipment", "Shared", "Regular"]) {
      await task("Convert");
      await page.selectOption("#f-Type", kind);
      if (kind === "Regular") await page.fill("#f-Password", "geheim-Kx8-2027");
      await run("Convert");
    }
    check((await page.innerText("main .title")).includes("User mailbox"), await page.innerText("main"));
  },

  // A certificate that ends soon is brought in and shown; Home says so, and its button makes another one. Then an authority is
  // asked, and what nothing shows is taken away.
  async certificates(page) {
    await logOn(page);
    const run = async (title) => { await page.click("form.fields .send button[type=submit] >> nth=0"); check((await done(page)) === `Done: ${title}`, await page.innerText("main")); };
    const task = (title) => page.click(`main .title .tasks a:text-is("${title}")`);
    const row = (name) => page.locator(`#rows tr:has-text("${name}")`);
    const services = ["IMAP", "POP", "IIS", "SMTP"];

    await page.click('nav.side >> text="Certificates"');
    await task("Import");
    await page.fill("#f-FileData", "-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----");
    await page.click("form.fields .send button[type=submit] >> nth=0");
    check(await page.locator(".field.wrong:has(#f-FileData) .problem").count() === 1, await page.innerText("main"));
    await page.fill("#f-FileData", readFileSync(0, "utf8"));
    await run("Import");
    check((await row("short.contoso.com").innerText()).includes("None"), await page.innerText("main"));
    await page.click("#rows a:has-text('short.contoso.com')");
    await task("Use for services");
    await page.selectOption("#f-Services", services);
    await run("Use for services");

    await page.click('nav.side >> text="Home"');
    const trouble = page.locator(".trouble:has-text('short.contoso.com')");
    check(/ends in [12] days/.test(await trouble.innerText()), await page.innerText("main"));
    await trouble.locator("text=Make another one").click();
    await page.fill("#f-DomainName", "mail.contoso.com\nautodiscover.contoso.com");
    await page.selectOption("#f-Services", services);
    await run("Make another one");
    check(!(await page.locator(".trouble").count()), await page.innerText("main"));

    await page.click('nav.side >> text="Certificates"');
    check((await row("mail.contoso.com").innerText()).includes("IMAP, POP, IIS, SMTP"), await page.innerText("main"));
    await task("Ask an authority");
    await page.fill("#f-DomainName", "far.contoso.com");
    await page.click("form.fields .send button[type=submit] >> nth=0");
    check((await page.innerText(".notice.good")).includes("BEGIN CERTIFICATE REQUEST"), await page.innerText("main"));
    check((await row("far.contoso.com").innerText()).includes("PendingRequest"), await page.innerText("main"));
    await page.click("#rows a:has-text('mail.contoso.com')");
    await task("Remove");
    await page.click("form.fields button.grave");
    check((await page.innerText(".notice.bad")).includes("is shown by"), await page.innerText("main"));
    await page.click('nav.side >> text="Certificates"');
    await page.click("#rows a:has-text('short.contoso.com')");
    await task("Remove");
    await page.click("form.fields button.grave");
    check((await done(page)) === "Done: Remove" && !(await row("short.contoso.com").count()), await page.innerText("main"));
    const script = await page.evaluate(async () => (await fetch("/admin/session.ps1")).text());
    check(script.includes("Import-ExchangeCertificate") && !script.includes("PRIVATE KEY-----"), "a script of the session holds no key");
  },

  // Names that would like to be markup: nothing runs, nothing leaves, nothing overflows on a small screen.
  async hostile(page) {
    await logOn(page);
    await page.setViewportSize({ width: 390, height: 844 });
    const { places, lists } = JSON.parse(readFileSync(0, "utf8"));
    const every = await everyPage(page, places, true);
    const wrong = [];
    // Each name stands there, as text, and leads to its own page.
    for (const list of lists) {
      await page.goto(SITE + list);
      const text = await page.innerText("main");
      for (const part of ["<script>window.hostile=1", "onerror=window.hostile=1", "' onmouseover='window.hostile=1", "{{7*7}} ${7*7} %0a&lt;b&gt;", "مرحبا", "W".repeat(50)])
        if (!text.includes(part)) wrong.push(`${list} does not show ${part}`);
      const rows = await page.locator("#rows td:not(.acts) a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
      for (const row of rows) if (!every.includes(row)) every.push(row);
    }
    check(every.length > 150, `only ${every.length} pages were found`);
    for (const place of every) {
      await page.goto(SITE + place);
      const [over, ran] = await page.evaluate(() => [document.documentElement.scrollWidth - innerWidth, window.hostile !== undefined]);
      if (over > 0) wrong.push(`${place} is ${over} px too wide`);
      if (ran) wrong.push(`${place} ran a script`);
    }
    check(wrong.length === 0, wrong.join("\n"));
  },

  // Every page, on three widths, light and dark, to be looked at.
  async screens(page) {
    await logOn(page);
    mkdirSync(SCREENS, { recursive: true });
    const only = process.env.ONLY && new RegExp(process.env.ONLY);
    const places = (await everyPage(page, JSON.parse(readFileSync(0, "utf8")), true)).filter((place) => !only || only.test(place));
    for (const place of places) for (const width of WIDTHS) for (const scheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(SITE + place);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (over > 0) console.log(`${place} is ${over} px too wide at ${width}`);
      const name = place.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "one").replace(/back=[^&]*/g, "").replace(/[^a-zA-Z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 90);
      await page.screenshot({ path: `${SCREENS}/${name}-${width}-${scheme}.png`, fullPage: true });
    }
  },

  // What the bench measures: what goes over the wire, when the largest thing is painted, what jumps, and how long a click of a
  // wizard takes until its answer is painted. A line a figure: what, how much, beside what, the aim.
  async speed(page, context) {
    await logOn(page);
    const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
    const show = (what, figure, beside, aim) => console.log([what, figure, beside, aim].join("\t"));
    const painted = () => page.evaluate(() => new Promise((done) => {
      const seen = { largest: 0, shift: 0 };
      new PerformanceObserver((list) => { for (const entry of list.getEntries()) seen.largest = Math.max(seen.largest, entry.startTime); }).observe({ type: "largest-contentful-paint", buffered: true });
      new PerformanceObserver((list) => { for (const entry of list.getEntries()) seen.shift += entry.value; }).observe({ type: "layout-shift", buffered: true });
      requestAnimationFrame(() => setTimeout(() => done(seen), 200));
    }));
    const first = await (async () => {
      const fresh = await context.browser().newContext({ ignoreHTTPSErrors: true, storageState: await context.storageState(), viewport: { width: 1440, height: 900 } });
      const tab = await fresh.newPage();
      await tab.goto(SITE + "/admin", { waitUntil: "load" });
      const bytes = await tab.evaluate(() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].reduce((sum, entry) => sum + entry.transferSize, 0));
      await fresh.close();
      return bytes;
    })();
    show("console: home over the wire, with all that it loads", `${Math.round(first / 1024)} KB`, "a browser that has been nowhere", "under 120 KB");
    for (const [what, place] of [["home", "/admin"], ["a list", "/admin/shared"], ["a form", "/admin/run/New-Mailbox?Shared=true"]]) {
      const largest = [], shifts = [];
      for (let round = 0; round < 7; round++) {
        await page.goto(SITE + place, { waitUntil: "load" });
        const seen = await painted();
        largest.push(seen.largest); shifts.push(seen.shift);
      }
      show(`console: largest paint of ${what}`, `${Math.round(median(largest))} ms`, `layout shift ${median(shifts).toFixed(3)}; \`${place}\``, "under 500 ms, no shift");
    }
    // From the click to the paint of the page behind it, which knows when it was clicked.
    await page.addInitScript(() => addEventListener("click", () => sessionStorage.setItem("clicked", String(performance.timeOrigin + performance.now())), true));
    const steps = { "choosing a kind": [], "sending the form": [] };
    const since = () => page.evaluate(() => new Promise((done) => {
      new PerformanceObserver((list) => { const entry = list.getEntries().find((entry) => entry.name === "first-contentful-paint"); if (entry) done(performance.timeOrigin + entry.startTime - Number(sessionStorage.getItem("clicked"))); }).observe({ type: "paint", buffered: true });
    }));
    for (let round = 0; round < 7; round++) {
      await page.goto(SITE + "/admin/new");
      await page.click("text=Shared mailbox");
      await page.waitForSelector("#f-Name");
      steps["choosing a kind"].push(await since());
      await page.fill("#f-Name", `Speed ${round}`);
      await page.click("form.fields .send button[type=submit] >> nth=0");
      await page.waitForSelector(".notice.good");
      steps["sending the form"].push(await since());
    }
    for (const [what, times] of Object.entries(steps)) show(`console: New mailbox, ${what}, click to paint`, `${Math.round(median(times))} ms`, "median of 7", "under 100 ms");
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

/** Presses Tab until `selector` has the focus; `there`: it may have it already. */
async function tabTo(page, selector, there = false) {
  if (there && (await page.evaluate((selector) => document.activeElement.matches(selector), selector))) return;
  for (let pressed = 0; pressed < 200; pressed++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((selector) => document.activeElement.matches(selector), selector)) return;
  }
  throw new Error(`Tab does not reach ${selector}`);
}

// The reader is where times are not the server's.
await atBrowser(sessions[process.argv[2]], { timezoneId: "Europe/Berlin" });
