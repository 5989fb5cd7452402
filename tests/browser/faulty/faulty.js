// Text that only a script brings, and an error.
addEventListener("load", () => {
  document.getElementById("text").textContent = "This text is not there without JavaScript.";
  throw new Error("on purpose");
});
