"use strict";

// The requests come as server-sent events; after one that may have changed the tenant, its part of the page is fetched
// anew, and what was unfolded stays so.
const shownRequests = 200;
const rows = document.querySelector("#requests tbody");
const tenant = document.querySelector("#tenant");
const feed = document.querySelector("#feed");
const counts = { reads: 0, writes: 0 };

function count(name) {
	document.querySelector("#" + name).textContent = ++counts[name];
}

function connected(yes) {
	feed.textContent = yes ? "live" : "the sandbox doesn't answer";
	feed.className = yes ? "on" : "off";
}

function show(request) {
	const reads = ["GET", "HEAD"].includes(request.method) || request.path.endsWith("/protocol/openid-connect/token");
	count(reads ? "reads" : "writes");
	const row = document.createElement("tr");
	row.classList.toggle("write", !reads);
	row.classList.toggle("failed", request.status === 0 || request.status >= 400);
	const query = request.query ? "?" + request.query : "";
	const time = new Date(request.time).toLocaleTimeString("en-GB");
	for (const text of [time, request.server, request.method + " " + request.path + query, request.status || "cut", request.ms.toFixed(1)]) {
		row.insertCell().textContent = text;
	}
	row.lastChild.className = "number";
	rows.prepend(row);
	while (rows.rows.length > shownRequests) rows.lastChild.remove();
	if (!reads && request.server === "3scale") refresh();
}

let waiting = false;

function refresh() {
	if (waiting) return;
	waiting = true;
	setTimeout(async () => {
		waiting = false;
		const answer = await fetch("/sandbox/tenant" + location.search);
		if (!answer.ok) return;
		const fresh = await answer.text();
		const unfolded = [...tenant.querySelectorAll("details[open]")].map((d) => d.id);
		tenant.innerHTML = fresh;
		for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
	}, 300);
}

const newest = [...tenant.querySelectorAll("details.product")].pop();
if (newest) newest.open = true;

const events = new EventSource("/sandbox/requests");
events.onopen = () => connected(true);
events.onerror = () => connected(false);
events.onmessage = (event) => show(JSON.parse(event.data));
