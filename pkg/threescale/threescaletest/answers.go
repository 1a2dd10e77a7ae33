package threescaletest

import (
	"bytes"
	"net/http"
)

// answer is what a handler returns.
type answer struct {
	status int
	body   any    // to be written as JSON; nil is no body
	raw    []byte // written as it is, with the type below
	kind   string // content type of raw
	header map[string]string
}

func ok(body any) answer      { return answer{status: http.StatusOK, body: body} }
func created(body any) answer { return answer{status: http.StatusCreated, body: body} }
func deleted() answer         { return answer{status: http.StatusOK} }
func conflictEmpty() answer   { return answer{status: http.StatusConflict} }

func notFound() answer {
	return answer{status: http.StatusNotFound, body: wrap("status", "Not found")}
}

// invalid refuses a write with the problems of the object.
func invalid(p *problems) answer {
	return answer{status: http.StatusUnprocessableEntity, body: p.object()}
}

// refused refuses a DELETE: porta answers 403 where a write gets 422.
func refused(message string) answer {
	var p problems
	p.add("base", message)
	return answer{status: http.StatusForbidden, body: p.object()}
}

// failed is an error that is a single text.
func failed(status int, message string) answer {
	return answer{status: status, body: wrap("error", message)}
}

// forbidden is what an ability refuses (CanCan::AccessDenied).
func forbidden() answer {
	return answer{status: http.StatusForbidden, body: wrap("status", "Forbidden")}
}

// plain is an answer in plain text.
func plain(status int, message string) answer {
	return answer{status: status, raw: []byte(message), kind: "text/plain; charset=utf-8"}
}

// required is the answer to a request that lacks a parameter.
func required(name string) answer {
	return plain(http.StatusBadRequest, "Required parameter missing: "+name)
}

// crashed is what Rails answers when porta raises.
func crashed() answer {
	return answer{status: http.StatusInternalServerError, body: object{{"status", 500}, {"error", "Internal Server Error"}}}
}

// stale is what Rails answers when somebody else was faster
// (ActiveRecord::StaleObjectError).
func stale() answer {
	return answer{status: http.StatusConflict, body: object{{"status", 409}, {"error", "Conflict"}}}
}

// page is an answer in HTML, as Rails' exceptions application writes it.
func page(status int, title, text string) answer {
	return answer{status: status, kind: "text/html; charset=utf-8", raw: []byte("<!DOCTYPE html>\n<html lang=\"en\">\n  <head>\n    <meta charset=\"utf-8\" />\n    <title>" +
		title + "</title>\n  </head>\n\n  <body>\n    <h1>" + title + "</h1>\n    <p>" + text + "</p>\n  </body>\n</html>\n")}
}

func noRoute() answer {
	return page(http.StatusNotFound, "Not Found", "Sorry. We can't find what you're looking for.")
}

func xmlText(status int, text string) answer {
	return answer{status: status, kind: "application/xml; charset=utf-8", raw: []byte(`<?xml version="1.0" encoding="UTF-8"?>` + text)}
}

// encode makes the bytes of an answer and names their type.
func (a answer) encode() ([]byte, string, error) {
	if a.raw != nil || a.kind != "" {
		return a.raw, a.kind, nil
	}
	if a.body == nil {
		return nil, "", nil
	}
	var b bytes.Buffer
	err := writeJSON(&b, a.body)
	return b.Bytes(), "application/json; charset=utf-8", err
}
