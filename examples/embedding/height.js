addEventListener("message", (event) => {
  const frame = document.getElementById("cypn");
  if (event.source === frame.contentWindow && event.origin === "https://hub.example.org") {
    frame.height = event.data.height;
  }
});
