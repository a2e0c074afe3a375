// Sends the files of a form straight to the storage and says how far it is; without this script the form carries them
// by itself. A photo's field needs no more words; others name theirs: workbook -> workbook_sent and workbook_name.
(function () {
  "use strict";
  function told(form, text) { form.querySelector(".progress-text").textContent = text; }

  function sign_in_again(form) {
    var door = document.createElement("a");
    door.href = form.dataset.door; door.textContent = form.dataset.enter;
    told(form, form.dataset.over + " ");
    form.querySelector(".progress-text").appendChild(door);
  }

  function ask(form, field) {
    var body = new URLSearchParams({ form_token: form.elements.form_token.value, file: field.name });
    return fetch(form.dataset.ticket, { method: "POST", body: body, credentials: "same-origin" }).then(function (answer) {
      // Whoever is not signed in any more is led to the door, or shown it: neither is a ticket.
      if (answer.redirected || answer.status === 401) { throw new Error("session"); }
      if (!answer.ok) { throw new Error("ticket"); }
      return answer.json();
    });
  }

  function send(form, ticket, file) {
    return new Promise(function (done, failed) {
      var body = new FormData(), post = new XMLHttpRequest();
      Object.keys(ticket.fields).forEach(function (name) { body.append(name, ticket.fields[name]); });
      body.append("Content-Type", form.dataset.kind || file.type || "image/jpeg");
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

  function hidden(form, name, value) {
    var field = document.createElement("input");
    field.type = "hidden"; field.name = name; field.value = value;
    form.appendChild(field);
  }

  function finish(form, fields, names) {
    fields.forEach(function (field, number) {
      hidden(form, field.name === "photo" ? "uploaded" : field.name + "_sent", names[number]);
      if (field.name !== "photo") { hidden(form, field.name + "_name", field.files[0].name); }
      field.disabled = true;
    });
    told(form, form.dataset.checking);
    form.submit();
  }

  function send_all(form, fields) {
    return fields.reduce(function (before, field) {
      return before.then(function (names) {
        return ask(form, field).then(function (ticket) { return send(form, ticket, field.files[0]); })
          .then(function (name) { return names.concat(name); });
      });
    }, Promise.resolve([]));
  }

  document.addEventListener("submit", function (event) {
    var form = event.target, fields;
    if (!form.classList.contains("upload")) { return; }
    fields = Array.prototype.filter.call(form.querySelectorAll("input[type=file]"), function (one) { return one.files[0]; });
    if (!fields.length || form.dataset.busy) { if (form.dataset.busy) { event.preventDefault(); } return; }
    event.preventDefault();
    if (fields.some(function (one) { return one.dataset.most && one.files[0].size > Number(one.dataset.most); })) {
      told(form, form.dataset.large);
      return;
    }
    form.dataset.busy = "yes";
    told(form, form.dataset.sending);
    send_all(form, fields).then(function (names) { finish(form, fields, names); })
      .catch(function (error) {
        delete form.dataset.busy;
        if (error && error.message === "session") { sign_in_again(form); } else { told(form, form.dataset.failed); }
      });
  });
})();
