extension Asset {
  static let script = #"""
    "use strict";
    (() => {
      const find = (selector, from = document) => from.querySelector(selector);
      const all = (selector, from = document) => [...from.querySelectorAll(selector)];
      const say = (text) => { find("#said").textContent = text; };
      const kept = (name, value) => {
        try {
          if (value === undefined) return localStorage.getItem("chat3-" + name);
          localStorage.setItem("chat3-" + name, value);
        } catch { /* Without storage a choice lasts as long as the page. */ }
        return null;
      };

      // A button that goes through some choices; the last one is kept.
      const chooser = (id, choices, apply) => {
        const button = find("#" + id);
        let at = Math.max(0, choices.findIndex((choice) => choice.name === kept(id)));
        const show = () => {
          button.textContent = choices[at].title;
          button.setAttribute("aria-label", choices[at].label);
          apply(choices[at].name);
        };
        button.hidden = false;
        button.addEventListener("click", () => {
          at = (at + 1) % choices.length;
          kept(id, choices[at].name);
          show();
        });
        show();
      };

      const pad = (number, width = 2) => String(number).padStart(width, "0");
      const shownTime = (milliseconds, how) => {
        const date = new Date(milliseconds);
        if (isNaN(date)) return "?";
        if (how === "local") {
          return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:`
            + `${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
        }
        if (how === "relative") {
          const seconds = Math.round((Date.now() - milliseconds) / 1000);
          for (const [unit, size] of [["d", 86400], ["h", 3600], ["m", 60]]) {
            if (Math.abs(seconds) >= size) return `${Math.trunc(seconds / size)}${unit} ago`;
          }
          return `${seconds}s ago`;
        }
        return date.toISOString().replace("T", " ").replace("Z", "");
      };
      let clock = "utc";
      const showTimes = (from = document) => {
        for (const element of all("time[data-ms]", from)) {
          const milliseconds = Number(element.dataset.ms);
          element.textContent = shownTime(milliseconds, clock);
          element.title = clock === "utc" ? "" : shownTime(milliseconds, "utc") + " UTC";
        }
      };
      chooser("clock", [
        { name: "utc", title: "UTC", label: "Times: UTC" },
        { name: "local", title: "Local", label: "Times: local" },
        { name: "relative", title: "Ago", label: "Times: how long ago" },
      ], (name) => { clock = name; showTimes(); });
      chooser("theme", [
        { name: "auto", title: "Auto", label: "Colours: as the system has them" },
        { name: "light", title: "Light", label: "Colours: light" },
        { name: "dark", title: "Dark", label: "Colours: dark" },
      ], (name) => {
        if (name === "auto") delete document.documentElement.dataset.theme;
        else document.documentElement.dataset.theme = name;
      });

      // What can be copied gets a button.
      for (const text of all("pre.copied")) {
        const box = document.createElement("div");
        box.className = "copybox";
        text.replaceWith(box);
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = "Copy";
        button.addEventListener("click", async () => {
          try {
            await navigator.clipboard.writeText(text.textContent);
            button.textContent = "Copied";
            say("Copied");
          } catch {
            getSelection().selectAllChildren(text);
            button.textContent = "Selected";
          }
          setTimeout(() => { button.textContent = "Copy"; }, 1500);
        });
        box.append(text, button);
      }

      const help = find("#help");
      const helpButton = find("#keys");
      helpButton.hidden = false;
      helpButton.addEventListener("click", () => help.showModal());

      // Rows: one is the current one, some are marked.
      let current = null;
      const rows = () => all("tr[data-row]");
      const goTo = (row) => {
        if (!row) return;
        if (current) current.classList.remove("at");
        current = row;
        row.classList.add("at");
        const link = find("a.open", row) || find("a", row);
        if (link) link.focus({ preventScroll: true });
        row.scrollIntoView({ block: "nearest" });
      };
      const move = (by) => {
        const list = rows();
        const at = current && current.isConnected ? list.indexOf(current) : -1;
        goTo(list[Math.min(Math.max(at + by, 0), list.length - 1)]);
      };
      const marked = kept("marked-" + location.host) ? [kept("marked-" + location.host)] : [];
      const mark = () => {
        const id = current && current.dataset.id;
        if (!id) return;
        const at = marked.indexOf(id);
        if (at >= 0) { marked.splice(at, 1); } else { marked.push(id); }
        current.classList.toggle("marked", at < 0);
        say(at < 0 ? "Marked for comparison" : "No longer marked");
        if (marked.length === 2) {
          kept("marked-" + location.host, "");
          location.href = `/compare?a=${marked[0]}&b=${marked[1]}`;
          return;
        }
        kept("marked-" + location.host, marked[0] || "");
      };
      for (const row of rows()) if (marked.includes(row.dataset.id)) row.classList.add("marked");

      // Over plain HTTP from another machine a browser tells where a form comes from neither in Sec-Fetch-Site nor, because
      // of the referrer policy, in Origin. Of what a script sends it does tell the origin.
      for (const form of isSecureContext ? [] : all("form[method=post]")) {
        form.addEventListener("submit", async (event) => {
          event.preventDefault();
          const fields = new URLSearchParams(new FormData(form));
          fields.append(event.submitter.name, event.submitter.value);
          const path = form.getAttribute("action");
          let fault = "The inspector does not answer; look whether it still runs.";
          try {
            const answer = await fetch("/api/v1" + path, { method: "POST", body: fields });
            const told = await answer.json();
            if (answer.ok) { location.href = path + "?" + new URLSearchParams({ read: 1, done: told.receipt }); return; }
            fault = told.error.message;
          } catch { /* What is said already fits. */ }
          const paragraph = document.createElement("p");
          paragraph.className = "fault";
          paragraph.setAttribute("role", "alert");
          paragraph.textContent = fault;
          form.prepend(paragraph);
        });
      }

      // Live: updates as they are stored and published. One that comes again keeps its row.
      const tail = find("#tail[data-stream]");
      let pause = () => {};
      if (tail) {
        const most = 1000;
        const body = find("tbody", tail);
        const state = find("#state");
        const button = find("#pause");
        const shown = new Map();
        let isPaused = false, skipped = 0, held = [], trouble = "";
        const tell = () => { state.textContent = [isPaused ? "Paused." : trouble ? "" : "Following.", trouble].join(" ").trim(); };
        const cell = (label, content) => {
          const cell = document.createElement("td");
          cell.dataset.label = label;
          cell.append(content);
          return cell;
        };
        const link = (path, parameters, text, name) => {
          const link = document.createElement("a");
          link.href = path + "?" + new URLSearchParams(parameters);
          link.append(text);
          if (name) link.className = name;
          return link;
        };
        const element = (name, className, text) => {
          const element = document.createElement(name);
          element.className = className;
          element.textContent = text;
          return element;
        };
        const kindOf = (update) => {
          const words = String(update.routingKey).split(".");
          return words[words.length - 1].toLowerCase().replace(/[^a-z]/g, "");
        };
        const names = { messageupdate: "MessageUpdate", dialogupdate: "DialogUpdate", dialogmemberupdate: "DialogMemberUpdate",
          typingupdate: "TypingUpdate", userupdate: "UserUpdate", userstatsupdate: "UserStatsUpdate" };
        const row = (update) => {
          const row = document.createElement("tr");
          row.dataset.row = "";
          row.dataset.id = update._id;
          const event = link("/event", { tenant: update.tenantId, id: update.eventId }, update.eventType);
          row.dataset.event = event.href;
          const time = document.createElement("time");
          time.dataset.ms = update.createdAt;
          const kind = kindOf(update);
          const user = link("/user", { tenant: update.tenantId, id: update.userId }, element("span", "tenant", update.tenantId + "/"));
          user.append(update.userId);
          const key = cell("Routing key", element("code", "", update.routingKey));
          key.className = "key";
          row.append(
            cell("Time", link("/update", { id: update._id }, time, "open")), cell("Recipient", user),
            cell("Type", element("span", "kind kind-" + kind, names[kind] || "?")), cell("Event type", event),
            cell("Entity", update.entityId || ""),
            cell("Published", element("span", update.published ? "yes" : "no", update.published ? "yes" : "no")), key);
          row.className = "fresh";
          return row;
        };
        const show = (updates) => {
          const fresh = document.createDocumentFragment();
          for (const update of updates.slice(-most).reverse()) {
            const made = row(update);
            const known = shown.get(update._id);
            // Only whether it is published can have changed.
            if (known) { known.cells[5].replaceWith(made.cells[5]); continue; }
            shown.set(update._id, made);
            fresh.append(made);
          }
          showTimes(fresh);
          body.prepend(fresh);
          while (body.rows.length > most) {
            shown.delete(body.lastChild.dataset.id);
            body.lastChild.remove();
          }
          find("#waiting").hidden = body.rows.length > 0;
        };
        const told = () => {
          const parts = [];
          if (skipped > 0) parts.push(`${skipped.toLocaleString("en")} skipped`);
          if (held.length > 0) parts.push(`${held.length.toLocaleString("en")} waiting`);
          find("#skipped").textContent = parts.join(", ");
        };
        pause = () => {
          isPaused = !isPaused;
          button.setAttribute("aria-pressed", isPaused);
          button.textContent = isPaused ? "Go on" : "Pause";
          tell();
          if (!isPaused) { show(held); held = []; }
          told();
        };
        button.addEventListener("click", () => pause());
        state.textContent = "Connecting …";
        const stream = new EventSource(tail.dataset.stream);
        stream.addEventListener("sources", (message) => {
          const { stored, published } = JSON.parse(message.data);
          const parts = [stored, published].filter((source) => source && !source.follows);
          trouble = parts.map((source) => source.reason || "Connecting to RabbitMQ …").join(" ");
          tell();
        });
        stream.addEventListener("updates", (message) => {
          const { updates, skipped: missed } = JSON.parse(message.data);
          skipped += missed;
          if (isPaused) {
            held.push(...updates);
            if (held.length > most) { skipped += held.length - most; held = held.slice(-most); }
          } else {
            show(updates);
          }
          told();
        });
        stream.addEventListener("failure", (message) => {
          stream.close();
          state.textContent = JSON.parse(message.data).error.message;
        });
        stream.addEventListener("error", () => {
          if (stream.readyState === EventSource.CLOSED) state.textContent = "The stream has ended; load the page again.";
          else if (!isPaused) state.textContent = "The connection is lost; trying again …";
        });
      }

      let isGoing = false;
      document.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
        const isWriting = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
        if (isWriting) {
          if (event.key === "Escape") event.target.blur();
          return;
        }
        if (isGoing) {
          isGoing = false;
          const places = { u: "/updates", l: "/live", d: "/dead-letters", e: current && current.dataset.event };
          if (places[event.key]) { event.preventDefault(); location.href = places[event.key]; }
          return;
        }
        const actions = {
          "/": () => { find("#q").focus(); find("#q").select(); },
          "j": () => move(1), "k": () => move(-1), "x": mark, "p": () => pause(), "g": () => { isGoing = true; },
          "?": () => help.showModal(), "Escape": () => history.back(),
        };
        if (event.key === "Enter") {
          // A link or a button that has the focus does what it does.
          if (current && !event.target.closest("a, button, summary")) find("a.open, a", current).click();
          return;
        }
        if (actions[event.key]) { event.preventDefault(); actions[event.key](); }
      });
    })();
    """#
}
