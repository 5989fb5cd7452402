// Listens for news once for all tabs: a browser allows six connections to a server, and each tab would
// take one. A tab that comes later is told the last news at once.

const tabs = new Set();
let last;

onconnect = ({ ports: [tab] }) => {
  tabs.add(tab);
  tab.onmessage = ({ data }) => data === "bye" && tabs.delete(tab);
  if (last) tab.postMessage(last);
};

listen();

function listen() {
  const source = new EventSource("/_preview/events");
  source.addEventListener("build", ({ data }) => {
    last = data;
    for (const tab of tabs) tab.postMessage(data);
  });
  // The browser comes back by itself after a lost connection, but not after a refusal.
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(listen, 1000);
  };
}
