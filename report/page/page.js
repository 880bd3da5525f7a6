/* The script of HTML reports: steps through the schedules that the page carries as data. What it shows stands in the page
   without it, too. Everything is set as text, never as markup. The format of the data: docs/report.md. */
"use strict";
(function () {
    const element = id => document.getElementById(id);
    const source = element("data");
    document.documentElement.classList.add("js");
    if (source === null || element("player") === null)
        return;
    const data = JSON.parse(source.textContent);
    const colours = 6;
    const decoded = [];          /* schedules by their number, once they were needed */
    let shown = null;            /* the schedule in the player */
    let position = 0;            /* steps done in it */
    let memory = [];             /* the words, as they are there */
    let output = "";             /* all that was printed until then */
    let waiting = [];            /* for each thread the object that it waits for, or -1 */
    let registers = [];          /* for each thread, its registers by name */
    let things = [];             /* a mutex: who has it, or -1; a semaphore: its permits; a queue: its items */
    let showsAll = false;        /* the cards of all threads, where they are many */
    const fewThreads = 8;

    /* ---- Schedules ---- */

    const firstThings = () => data.objects.map(([kind, , number]) => kind === "mutex" ? -1 : kind === "queue" ? [] : number);

    function firstRegisters() {
        const registers = data.threads.map(() => new Map());
        data.registers.forEach(([thread, name, first]) => registers[thread].set(name, first));
        return registers;
    }

    /* What an act makes of an object; and the numbers that its words have places for. */
    function exchange(act, kind, thing, thread, number) {
        if (kind === "mutex")
            return [act === "takes" ? thread : -1, []];
        if (kind === "semaphore") {
            const permits = thing + (act === "takes" ? -1 : 1);
            return [permits, [permits]];
        }
        const items = act === "puts" ? thing.concat([number]) : thing.slice(1);
        return [items, [act === "puts" ? number : thing[0], items.length]];
    }

    const isObserved = word => data.observed.includes(word);

    /* What each step did (of one with several instructions each of these; their numbers are those of the steps), with what was there
       before, so that it can be taken back. A thread has not seen what others have stored since it last read or wrote an observed word. */
    function decode(witness) {
        const threads = [], forms = [], changes = [], unseen = [], turns = [];
        const followers = data.forms.map((form, i) => i + 1), latest = [], seen = data.threads.map(() => data.words.map(() => 0));
        const jumps = new Map(), words = data.first.slice(), stores = data.words.map(() => 0), prints = new Map();
        const now = firstRegisters(), objects = firstThings();
        let number = 0;
        for (let i = 0; i < witness.jumps.length; i += 2)
            jumps.set(witness.jumps[i], witness.jumps[i + 1]);
        for (let i = 0; i < (witness.prints || []).length; i += 2)
            prints.set(witness.prints[i], witness.prints[i + 1]);
        for (let i = 0; i < witness.runs.length; i += 2) {
            turns.push(threads.length);
            for (let k = 0; k < witness.runs[i + 1]; k++)
                threads.push(witness.runs[i]);
        }
        threads.forEach((thread, step) => {
            const before = latest[thread];
            const expected = before === undefined ? 0 : followers[before];
            const form = jumps.has(step) ? jumps.get(step) : expected;
            if (before !== undefined)
                followers[before] = form;
            latest[thread] = form;
            const [, , register, , act, object, ...accesses] = data.forms[form];
            const change = {register : null, values : [], stores : [], reads : null, numbers : [], thing : null, prints : prints.get(step) || "", waits : []};
            if (register !== "") {
                const value = witness.numbers[number++];
                change.register = [register, now[thread].get(register), value];
                now[thread].set(register, value);
            }
            let missed = 0;
            for (const [word, isWrite] of accesses) {
                if (isWrite) {
                    const value = witness.numbers[number++];
                    change.stores.push([word, words[word], value]);
                    change.values.push(value);
                    words[word] = value;
                } else {
                    change.values.push(words[word]);
                    change.reads = isObserved(word) ? word : change.reads;
                }
                if (isObserved(word)) {
                    missed += isWrite ? stores[word] - seen[thread][word] : 0;
                    stores[word] += isWrite;
                    seen[thread][word] = stores[word];
                }
            }
            if (act === "compares") {
                change.numbers = [witness.numbers[number++], witness.numbers[number++]];
            } else if (act !== "") {
                const before = objects[object], put = act === "puts" ? witness.numbers[number++] : 0;
                [objects[object], change.numbers] = exchange(act, data.objects[object][0], before, thread, put);
                change.thing = [object, before, objects[object]];
            }
            forms.push(form);
            changes.push(change);
            unseen.push(missed);
        });
        const next = data.threads.map(() => []), waits = data.threads.map(() => -1);
        let atStart = waits.slice();
        threads.forEach((thread, step) => next[thread].push(step));
        for (let i = 0; i < witness.waits.length; i += 3) {
            const [after, thread, object] = witness.waits.slice(i, i + 3);
            if (after > 0)
                changes[after - 1].waits.push([thread, waits[thread], object]);
            waits[thread] = object;
            atStart = after > 0 ? atStart : waits.slice();
        }
        const inner = new Set(witness.inner), numbers = [0];
        threads.forEach((thread, step) => numbers.push(numbers[step] + !inner.has(step)));
        /* Where the part begins that follows again and again: how many steps come before it. */
        const loop = witness.loop === undefined ? -1 : numbers.indexOf(witness.loop);
        return {witness, loop, threads, forms, changes, unseen, turns, next, atStart, numbers, preemptions: new Set(witness.preemptions), openings: witness.openings || {}};
    }

    function begin() {
        memory = data.first.slice();
        registers = firstRegisters();
        things = firstThings();
        output = "";
        waiting = shown.atStart.slice();
        position = 0;
    }

    /* Does a step again, or takes it back: of each change the value after it, or before it. */
    function apply(step, isForward) {
        const {stores, register, thing, prints, waits} = shown.changes[step], side = isForward ? 2 : 1;
        for (const store of isForward ? stores : stores.slice().reverse())
            memory[store[0]] = store[side];
        if (register !== null)
            registers[shown.threads[step]].set(register[0], register[side]);
        if (thing !== null)
            things[thing[0]] = thing[side];
        for (const wait of waits)
            waiting[wait[0]] = wait[side];
        output = isForward ? output + prints : output.slice(0, output.length - prints.length);
    }

    function move(to) {
        while (position < to)
            apply(position++, true);
        while (position > to)
            apply(--position, false);
    }

    /* The first index of an ascending list whose element is at least so much. */
    function search(list, least) {
        let low = 0, high = list.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (list[middle] < least)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /* ---- Making elements ---- */

    function make(tag, className, text) {
        const made = document.createElement(tag);
        if (className)
            made.className = className;
        if (text !== undefined)
            made.textContent = text;
        return made;
    }

    /* A sentence in which `backticks` enclose code. */
    function prose(sentence) {
        const parts = document.createDocumentFragment();
        sentence.split("`").forEach((part, i, all) => {
            if (i % 2 === 0 || i === all.length - 1)
                parts.append((i % 2 === 1 ? "`" : "") + part);
            else
                parts.append(make("code", "", part));
        });
        return parts;
    }

    const colourOf = thread => "t" + thread % colours;

    /* ---- Showing ---- */

    const lines = [];            /* the items of the player's listing, by line */

    /* The program without the comment at its head. */
    function makeListing() {
        const all = element("listing").children;
        let first = 0;
        while (first < all.length && /^\s*(#|$)/.test(all[first].textContent))
            first++;
        for (let i = first; i < all.length; i++) {
            const line = all[i].cloneNode(true);
            const chips = make("span", "chips");
            line.append(chips);
            lines[i + 1] = {line, chips};
            element("code").append(line);
        }
        element("code").style.counterReset = "line " + first;
    }

    /* ---- Where threads are ---- */

    const nextStep = thread => shown.next[thread][search(shown.next[thread], position)];

    /* The line of a thread, 0 where it has no instruction left, that instruction, and the object that it waits for, or null. */
    function placeOf(thread) {
        const next = nextStep(thread), waits = waiting[thread] >= 0 ? waiting[thread] : null;
        const [line, text] = next !== undefined ? data.forms[shown.forms[next]] : (shown.witness.stands || [])[thread] || [];
        return {line : line || 0, text : text || "", waits};
    }

    /* "waits for `m`, which T1 has" */
    function waitWords(thread, object) {
        const [kind, name, capacity] = data.objects[object], thing = things[object];
        if (kind === "mutex")
            return "waits for `" + name + "`" +
                (thing === thread ? ", which it has itself" : thing >= 0 ? ", which " + data.threads[thing] + " has" : "");
        if (kind === "queue")
            return "waits for " + (thing.length >= capacity ? "room in `" : "an item in `") + name + "`";
        if (kind === "thread")
            return name === data.threads[thread] ? "has not been started" : "waits for `" + name + "` to finish";
        return (kind === "condition" ? "sleeps on `" : kind === "semaphore" ? "waits for a permit of `" : "waits for " + kind + " `") + name + "`";
    }

    /* ---- The listing ---- */

    const chipsMax = 5;

    function chip(thread, waits) {
        const made = make("span", "chip " + colourOf(thread) + (waits ? " waits" : ""), data.threads[thread]);
        made.title = data.threads[thread] + (waits ? " waits" : "");
        return made;
    }

    /* The one that stepped last, or steps next, is among those that are shown. */
    function showChips(entry, threads) {
        const wanted = [shown.threads[position - 1], shown.threads[position]];
        const order = threads.slice().sort((a, b) => wanted.includes(b.thread) - wanted.includes(a.thread) || a.thread - b.thread);
        const few = order.length > chipsMax ? order.slice(0, chipsMax - 1) : order;
        entry.chips.replaceChildren(...few.map(({thread, waits}) => chip(thread, waits)));
        if (few.length < order.length) {
            const rest = make("span", "chip more", "+" + (order.length - few.length));
            rest.title = order.slice(few.length).map(({thread}) => data.threads[thread]).join(", ");
            entry.chips.append(rest);
        }
    }

    function showListing() {
        const step = position - 1, there = new Map();
        data.threads.forEach((name, thread) => {
            const {line, waits} = placeOf(thread);
            if (!there.has(line))
                there.set(line, []);
            there.get(line).push({thread, waits: waits !== null});
        });
        lines.forEach((entry, line) => {
            entry.line.className = "";
            entry.line.removeAttribute("aria-current");
            showChips(entry, there.get(line) || []);
        });
        const done = step >= 0 ? lines[data.forms[shown.forms[step]][0]] : undefined;
        if (done !== undefined) {
            done.line.className = "done " + colourOf(shown.threads[step]);
            done.line.setAttribute("aria-current", "step");
            reveal(element("code"), done.line);
        }
    }

    /* Scrolls a box, never the page. */
    function reveal(box, line) {
        const top = line.offsetTop, bottom = top + line.offsetHeight;
        if (top < box.scrollTop)
            box.scrollTop = top - 24;
        else if (bottom > box.scrollTop + box.clientHeight)
            box.scrollTop = bottom - box.clientHeight + 24;
    }

    /* ---- Memory, and what threads wait at ---- */

    function memoryBox(className, kind, name, value) {
        const box = make("div", className), label = make("dt"), content = make("dd");
        label.append(kind === "" ? "" : kind + " ", make("code", "", name));
        label.title = name;
        content.append(value);
        box.append(label, content);
        return box;
    }

    const placeName = place => Array.isArray(place) ? data.threads[place[0]] + ".%" + place[1] : data.words[place];

    function thingValue(object) {
        const [kind, , capacity] = data.objects[object], thing = things[object];
        if (kind === "mutex")
            return thing < 0 ? make("span", "note", "free") : chip(thing, false);
        if (kind === "semaphore")
            return thing + (thing === 1 ? " permit" : " permits");
        return thing.length === 0 ? make("span", "note", "empty") : thing.join(", ") + (thing.length === capacity ? " (full)" : "");
    }

    function showMemory() {
        const change = position > 0 ? shown.changes[position - 1] : null;
        const stored = change === null ? [] : change.stores.map(store => store[0]);
        const colour = position > 0 ? " " + colourOf(shown.threads[position - 1]) : "";
        const box = (name, value, isChanged, place) => memoryBox(
            (data.observed.includes(place) ? "observed" : "") + (value.length > 9 ? " long" : "") + (isChanged ? " changed" + colour : ""),
            "", name, value);
        const wordBox = word => box(data.words[word], String(memory[word]), stored.includes(word), word);
        const outputBox = () => box("output", JSON.stringify(output), change !== null && change.prints !== "", "output");
        const registerBox = place => box(placeName(place), String(registers[place[0]].get(place[1])), position > 0 &&
            shown.threads[position - 1] === place[0] && change.register !== null && change.register[0] === place[1], place);
        const words = data.observed.map(place => place === "output" ? outputBox() : Array.isArray(place) ? registerBox(place) : wordBox(place));
        words.push(...data.words.map((name, word) => word).filter(word => !isObserved(word)).map(wordBox));
        if (shown.witness.prints !== undefined && !data.observed.includes("output"))
            words.push(outputBox());
        for (const [name, list] of Object.entries(shown.witness.counts || {})) {
            let total = 0, isChanged = false;
            for (let i = 0; i < list.length && list[i] < position; i += 2) {
                total = list[i + 1];
                isChanged = list[i] === position - 1;
            }
            words.push(memoryBox("thing" + (isChanged ? " changed" + colour : ""), "counted", name, String(total)));
        }
        const touched = change !== null && change.thing !== null ? change.thing[0] : -1;
        const objects = data.objects.map(([kind, name], object) => !["mutex", "semaphore", "queue"].includes(kind) ? "" :
            memoryBox("thing" + (touched === object ? " changed" + colour : ""), kind, name, thingValue(object)));
        element("words-of-memory").replaceChildren(...words, ...objects);
    }

    /* ---- Threads ---- */

    function threadState(thread) {
        const {line, text, waits} = placeOf(thread), state = make("p");
        if (waits !== null)
            state.append(prose(waitWords(thread, waits)));
        else if (line === 0)
            state.textContent = "has finished";
        else
            state.append(nextStep(thread) === undefined ? "could continue with " : "next ", make("code", "", text));
        return state;
    }

    function threadBox(thread) {
        const step = position - 1, isActive = step >= 0 && shown.threads[step] === thread;
        const register = isActive ? shown.changes[step].register : null, line = placeOf(thread).line;
        const box = make("div", "thread " + colourOf(thread) + (isActive ? " active" : ""));
        const head = make("p", "name"), list = make("ul");
        head.append(make("b", "", data.threads[thread]));
        head.title = data.threads[thread];
        if (line > 0)
            head.append(make("span", "", "line " + line));
        for (const [key, value] of registers[thread])
            list.append(make("li", register !== null && register[0] === key ? "changed" : "", "%" + key + " = " + value));
        box.append(head, threadState(thread), list);
        return box;
    }

    /* Of many threads those that are on their way have cards, most recent first; the one that steps next always does. */
    function threadsOfInterest() {
        const all = data.threads.map((name, thread) => thread);
        if (showsAll || all.length <= fewThreads)
            return all;
        const chosen = new Set([shown.threads[position - 1], shown.threads[position]].filter(thread => thread !== undefined));
        for (let step = position - 1; step >= 0 && step > position - 2000 && chosen.size < fewThreads; step--)
            if (placeOf(shown.threads[step]).line > 0)
                chosen.add(shown.threads[step]);
        return all.filter(thread => chosen.has(thread));
    }

    const hasBegun = thread => shown.next[thread].length > 0 && shown.next[thread][0] < position;

    function hasEnded(thread) {
        const {line, waits} = placeOf(thread);
        return line === 0 && waits === null;
    }

    function restWords(cards) {
        const rest = data.threads.map((name, thread) => thread).filter(thread => !cards.includes(thread));
        const ended = rest.filter(hasEnded).length;
        const fresh = rest.filter(thread => !hasEnded(thread) && !hasBegun(thread)).length;
        const parts = [[fresh, " not begun"], [rest.length - ended - fresh, " on the way"], [ended, " finished"]];
        return rest.length + " other threads: " + parts.filter(([count]) => count > 0).map(([count, words]) => count + words).join(", ") + ".";
    }

    function showThreads() {
        const cards = threadsOfInterest(), isMany = data.threads.length > fewThreads;
        element("threads").replaceChildren(...cards.map(threadBox));
        element("threads").classList.toggle("many", cards.length > fewThreads);
        element("rest").hidden = !isMany;
        if (!isMany)
            return;
        element("rest-words").textContent = showsAll ? "" : restWords(cards);
        element("all").textContent = showsAll ? "Show fewer threads" : "Show all threads";
        element("all").setAttribute("aria-expanded", String(showsAll));
    }

    /* ---- Words ---- */

    function pattern(step) {
        const change = shown.changes[step], numbers = {a: change.numbers[0], b: change.numbers[1]};
        return data.forms[shown.forms[step]][3].replace(/\{([rab0-9])\}/g, (all, place) =>
            String(place === "r" ? change.register[2] : place in numbers ? numbers[place] : change.values[place]));
    }

    function switchWords(step) {
        const thread = data.threads[shown.threads[step]];
        if (step === 0 || shown.threads[step] === shown.threads[step - 1])
            return "";
        const before = data.threads[shown.threads[step - 1]];
        const opening = step in shown.openings ? " " + shown.openings[step] : "";
        return shown.preemptions.has(step) ? " " + thread + " has interrupted " + before + opening + ", which could have continued."
                                           : " " + thread + " runs after " + before + ".";
    }

    function stepWords(step) {
        const words = make("p");
        const store = shown.changes[step].stores.find(item => isObserved(item[0]));
        words.append(make("b", "", data.threads[shown.threads[step]]), " ", prose(pattern(step)));
        if (store !== undefined && shown.changes[step].reads !== store[0])
            words.append(", which was " + store[1]);
        words.append(".");
        if (shown.unseen[step] > 0)
            words.append(" It had not seen " + (shown.unseen[step] === 1 ? "the store" : "the " + shown.unseen[step] + " stores") +
                         " that others have made since it last looked: lost.");
        const thread = shown.threads[step], {waits} = placeOf(thread);
        if (waits !== null)
            words.append(" Now it ", prose(waitWords(thread, waits)), ".");
        words.append(switchWords(step));
        return words;
    }

    /* Of what is observed what is there at the start. */
    function startWords() {
        const words = make("p"), places = data.observed.filter(place => place !== "output");
        places.forEach((place, i) => {
            const first = Array.isArray(place) ? firstRegisters()[place[0]].get(place[1]) : data.first[place];
            words.append(i === 0 ? "" : i + 1 < places.length ? ", " : " and ", make("code", "", placeName(place)), " is " + first);
        });
        words.append(places.length > 0 ? " at the start." : "Nothing has happened yet.");
        return words;
    }

    function showWords() {
        const box = element("words"), step = position - 1;
        box.className = "words" + (step >= 0 ? " " + colourOf(shown.threads[step]) : "");
        if (step < 0) {
            box.replaceChildren(startWords());
        } else {
            const code = make("p");
            const form = data.forms[shown.forms[step]];
            code.append("line " + form[0] + ": ", make("code", "", form[1]));
            box.replaceChildren(stepWords(step), code);
        }
        if (position === shown.threads.length) {
            const end = make("p");
            end.append(prose(shown.witness.end));
            box.append(end);
        }
    }

    function showControls() {
        const last = shown.threads.length, turn = search(shown.turns, position);
        const repeats = shown.loop >= 0 && position > shown.loop;
        const count = "step " + shown.numbers[position] + " of " + shown.numbers[last] + (repeats ? ", again and again from step " + (shown.witness.loop + 1) : "");
        element("position").max = last;
        element("position").value = position;
        element("position").setAttribute("aria-valuetext", count);
        element("count").textContent = count + (position > 0 ? ", turn " + turn + " of " + shown.turns.length : "");
        document.querySelectorAll("#player [data-go]").forEach(button => {
            const isBack = /first|back/.test(button.dataset.go);
            /* Not disabled: that would take the focus away. */
            button.setAttribute("aria-disabled", String(isBack ? position === 0 : position === last && shown.loop < 0));
        });
        element("timeline").querySelector(".cursor").style.left = (last > 0 ? 100 * position / last : 0) + "%";
        const thread = shown.threads[position - 1];
        if (thread !== undefined)
            reveal(element("timeline"), element("timeline").querySelectorAll(".timeline-row")[thread]);
    }

    function show() {
        showListing();
        showMemory();
        showThreads();
        showWords();
        showControls();
    }

    /* When each thread runs: a row a thread, as one path. */
    function showTimeline() {
        const space = "http://www.w3.org/2000/svg", last = shown.threads.length;
        const paths = data.threads.map(() => ""), track = make("div", "track");
        track.append(make("div", "cursor"));
        if (shown.loop >= 0) {
            const loop = make("div", "loop");
            loop.style.left = (last > 0 ? 100 * shown.loop / last : 0) + "%";
            loop.title = shown.witness.end;
            track.prepend(loop);
        }
        shown.turns.forEach((first, i) => {
            const end = i + 1 < shown.turns.length ? shown.turns[i + 1] : last;
            paths[shown.threads[first]] += "M" + first + " 0H" + end + "V1H" + first + "z";
        });
        const rows = make("div", "rows");
        rows.append(...data.threads.map((name, thread) => {
            const row = make("div", "timeline-row " + colourOf(thread)), picture = document.createElementNS(space, "svg");
            const path = document.createElementNS(space, "path");
            picture.setAttribute("viewBox", "0 0 " + Math.max(last, 1) + " 1");
            picture.setAttribute("preserveAspectRatio", "none");
            path.setAttribute("d", paths[thread]);
            picture.append(path);
            row.append(make("span", "", name), picture);
            row.title = name;
            return row;
        }), track);
        element("timeline").replaceChildren(rows);
    }

    /* ---- Doing ---- */

    function go(to) {
        const goal = Math.min(Math.max(to, 0), shown.threads.length);
        if (goal !== position) {
            move(goal);
            show();
        }
    }

    /* What the page says of a schedule stands below the player: of the first one what stood there, of another one a copy of its
       part. */
    const first = {number : -1, nodes : [], behind : ""};

    function rememberFirst() {
        const told = document.querySelector(".told");
        first.number = Number(told.dataset.witness);
        for (let node = element("player").nextSibling; node !== null; node = node.nextSibling)
            first.nodes.push(node);
        first.behind = element("upper").querySelector("p").textContent.slice(data.witnesses[first.number].length.length);
    }

    function copyOf(number) {
        const part = document.querySelector("details.witness[data-witness=\"" + number + "\"]"), copy = make("div", "told");
        copy.dataset.witness = number;
        copy.append(...[...(part === null ? [] : part.cloneNode(true).children)].slice(1).filter(node => !node.matches(".script")).slice(1));
        copy.querySelectorAll("[id]").forEach(node => node.removeAttribute("id"));
        return copy;
    }

    function tell(number) {
        const player = element("player"), {title, length} = shown.witness;
        while (player.nextSibling !== null)
            player.nextSibling.remove();
        player.after(...(number === first.number ? first.nodes : [make("h3", "", "The schedule"), copyOf(number)]));
        element("upper-title").replaceChildren(prose(title));
        document.querySelector("nav a[href='#upper']").replaceChildren(prose(title));
        element("upper").querySelector("p").textContent = length + first.behind;
    }

    function load(number, to) {
        decoded[number] = decoded[number] || decode(data.witnesses[number]);
        shown = decoded[number];
        begin();
        move(Math.min(to || 0, shown.threads.length));
        element("choice").value = String(number);
        element("length").textContent = shown.witness.length;
        tell(number);
        document.querySelectorAll(".chosen").forEach(old => old.classList.remove("chosen"));
        document.querySelectorAll("[data-value]").forEach(link => {
            if (shown.witness.value !== undefined && link.dataset.value === String(shown.witness.value))
                (link.closest("tr") || link).classList.add("chosen");
        });
        showTimeline();
        show();
    }

    const numberOf = value => data.witnesses.findIndex(witness => witness !== null && String(witness.value) === value);

    const moves = {
        "first": () => go(0),
        "last": () => go(shown.threads.length),
        "back": () => go(position - 1),
        /* At the end of a part that repeats its first step comes next. */
        "forward": () => go(position === shown.threads.length && shown.loop >= 0 ? shown.loop + 1 : position + 1),
        /* Back to where this turn began, or the one before; forward to the end of the turn that comes. */
        "turn-back": () => go(shown.turns[Math.max(search(shown.turns, position) - 1, 0)]),
        "turn-forward": () => {
            const turn = search(shown.turns, position + 1);
            go(turn < shown.turns.length ? shown.turns[turn] : shown.threads.length);
        },
    };

    function visit(number, to) {
        load(number, to);
        element("player").scrollIntoView({block: "start"});
        element("position").focus({preventScroll: true});
    }

    function clicked(event) {
        const value = event.target.closest("[data-value]"), link = event.target.closest("a.load");
        const row = event.target.closest(".steps tbody tr");
        if (event.ctrlKey || event.metaKey || event.shiftKey)
            return;
        if (value !== null && numberOf(value.dataset.value) >= 0) {
            event.preventDefault();
            visit(numberOf(value.dataset.value), 0);
        } else if (link !== null) {
            event.preventDefault();
            visit(Number(link.dataset.witness), 0);
        } else if (row !== null && row.closest("[data-witness]") !== null && String(window.getSelection()) === "") {
            const number = Number(row.closest("[data-witness]").dataset.witness);
            if (data.witnesses[number] !== null)
                visit(number, Number(row.dataset.row) || parseInt(row.cells[0].textContent, 10));
        }
    }

    function pressed(event) {
        const keys = {ArrowLeft: "back", ArrowRight: "forward"}, ends = {Home: "first", End: "last"};
        const inside = element("player").contains(event.target), name = event.target.tagName;
        if (event.altKey || event.ctrlKey || event.metaKey || name === "SELECT" || (!inside && name !== "BODY"))
            return;
        let key = keys[event.key];
        if (key !== undefined && event.shiftKey)
            key = "turn-" + key;
        if (key === undefined && inside)
            key = ends[event.key];
        if (key === undefined)
            return;
        event.preventDefault();
        moves[key]();
    }

    /* On paper the turns of the first schedule are open. */
    let opened = [];
    function beforePrint() {
        opened = [...document.querySelectorAll(".told details:not([open]), .equation details:not([open])")];
        opened.forEach(details => { details.open = true; });
    }
    function afterPrint() {
        opened.forEach(details => { details.open = false; });
        opened = [];
    }

    function start() {
        rememberFirst();
        data.witnesses.forEach((witness, number) => {
            if (witness === null)
                return;
            const option = make("option", "", witness.title.replace(/`/g, ""));
            option.value = number;
            element("choice").append(option);
        });
        makeListing();
        element("player").hidden = false;
        load(first.number, 0);
        element("choice").addEventListener("change", () => load(Number(element("choice").value), 0));
        element("position").addEventListener("input", () => go(Number(element("position").value)));
        document.querySelectorAll("#player [data-go]").forEach(button => button.addEventListener("click", moves[button.dataset.go]));
        element("all").addEventListener("click", () => {
            showsAll = !showsAll;
            showThreads();
        });
        element("timeline").classList.toggle("many", data.threads.length > 12);
        element("timeline").addEventListener("click", event => {
            const box = element("timeline").querySelector(".track").getBoundingClientRect();
            go(Math.round((event.clientX - box.left) / box.width * shown.threads.length));
        });
        document.addEventListener("click", clicked);
        document.addEventListener("keydown", pressed);
        window.addEventListener("beforeprint", beforePrint);
        window.addEventListener("afterprint", afterPrint);
    }

    start();
})();
