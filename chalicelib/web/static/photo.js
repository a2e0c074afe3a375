// Sends a photo straight to the storage and says how far it is; without this script the form carries it by itself.
(function () {
  "use strict";
  function told(form, text) { form.querySelector(".progress-text").textContent = text; }

  function ask(form) {
    var body = new URLSearchParams({ form_token: form.elements.form_token.value });
    return fetch(form.dataset.ticket, { method: "POST", body: body, credentials: "same-origin" }).then(function (answer) {
      if (!answer.ok) { throw new Error("ticket"); }
      return answer.json();
    });
  }

  function send(form, ticket, file) {
    return new Promise(function (done, failed) {
      var body = new FormData(), post = new XMLHttpRequest();
      Object.keys(ticket.fields).forEach(function (name) { body.append(name, ticket.fields[name]); });
      body.append("Content-Type", file.type || "image/jpeg");
      body.append("file", file);
      post.upload.onprogress = function (seen) {
        if (seen.lengthComputable) { told(form, form.dataset.sending + " " + Math.round(100 * seen.loaded / seen.total) + "%"); }
      };
      post.onload = function () { post.status < 300 ? done(ticket.name) : failed(new Error("storage")); };
      post.onerror = failed;
      post.open("POST", ticket.url);
      post.send(body);
    });
  }

  function finish(form, name) {
    var field = document.createElement("input");
    field.type = "hidden"; field.name = "uploaded"; field.value = name;
    form.appendChild(field);
    form.elements.photo.disabled = true;
    told(form, form.dataset.checking);
    form.submit();
  }

  document.addEventListener("submit", function (event) {
    var form = event.target, file;
    if (!form.classList.contains("upload")) { return; }
    file = form.elements.photo.files[0];
    if (!file || form.dataset.busy) { if (form.dataset.busy) { event.preventDefault(); } return; }
    event.preventDefault();
    form.dataset.busy = "yes";
    told(form, form.dataset.sending);
    ask(form).then(function (ticket) { return send(form, ticket, file); }).then(function (name) { finish(form, name); })
      .catch(function () { delete form.dataset.busy; told(form, form.dataset.failed); });
  });
})();
