package threescaletest

import (
	"net/http"
	"sort"
	"strconv"
	"strings"
	"time"
)

// mostParams is how many parameters a request may have before the backend fails.
const mostParams = 4096

// How far a report may lie in the past and in the future.
const (
	reportPast   = 24 * time.Hour
	reportFuture = time.Hour
)

// reported is a transaction that was found good.
type reported struct {
	app   *application
	usage amounts
	at    time.Time
}

// report counts transactions. Everything is answered with 202: what is wrong is found
// out later, and then all transactions of the request are lost. There is no way to
// send a request again without counting it twice.
func report(c *call) answer {
	if kind, _, _ := strings.Cut(c.req.Header.Get("Content-Type"), ";"); kind != "" && kind != "application/x-www-form-urlencoded" && kind != "multipart/form-data" {
		return (&backendError{http.StatusBadRequest, "content_type_invalid", "invalid Content-Type: " + kind}).answer()
	}
	if count := countLeaves(c.params()); count > mostParams {
		return answer{status: http.StatusInternalServerError}
	}
	return withProduct(func(a *asked) answer {
		list, isMap := a.params.sub("transactions")
		switch {
		case rubyBlank(a.params["transactions"]):
			return (&backendError{http.StatusBadRequest, "transactions_is_blank", "transactions parameter is blank"}).answer()
		case !isMap:
			return (&backendError{http.StatusBadRequest, "transactions_format_invalid", "transactions format is invalid"}).answer()
		}
		if good, fine := a.transactions(list); fine {
			for _, t := range good {
				a.count(t.app, t.usage, t.at)
			}
		}
		return answer{status: http.StatusAccepted, kind: "application/vnd.3scale-v2.0+xml"}
	})(c)
}

// transactions reads the transactions of a report; ok is false when one is bad.
func (a *asked) transactions(list params) (good []reported, ok bool) {
	keys := list.names()
	sort.Slice(keys, func(i, j int) bool { return castID(keys[i]) < castID(keys[j]) })
	for _, k := range keys {
		tr, isMap := list.sub(k)
		usage, _ := tr.sub("usage")
		if !isMap || len(usage) == 0 {
			continue
		}
		app, fine := a.reporter(tr)
		if !fine {
			return nil, false
		}
		used, wrong := a.usage(usage)
		if wrong != nil && wrong.status == http.StatusInternalServerError {
			continue // a number beyond 64 bits fails alone
		}
		at, inTime := reportTime(tr.text("timestamp"), a.now)
		if wrong != nil || !inTime {
			return nil, false
		}
		good = append(good, reported{app, used, at})
	}
	return good, true
}

// reporter is the application of a transaction: by app_id, whatever the product's way
// of authentication is, or else by user_key.
func (a *asked) reporter(tr params) (*application, bool) {
	id, key := tr.text("app_id"), tr.text("user_key")
	found := a.tenant.applications(func(_ *account, x *application) bool {
		return x.ProductID == a.product.ID && (id != "" && x.ApplicationID == id || id == "" && key != "" && x.UserKey == key)
	})
	if len(found) == 0 {
		return nil, false
	}
	return found[0].application, true
}

// reportTime reads when a transaction was; what cannot be read is now.
func reportTime(text string, now time.Time) (time.Time, bool) {
	at := now
	for _, form := range []string{time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.Parse(form, text); err == nil {
			at = t
			break
		}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 1e8 {
		at = time.Unix(n, 0)
	}
	return at, !at.Before(now.Add(-reportPast)) && !at.After(now.Add(reportFuture))
}

// countLeaves counts the parameters of a request.
func countLeaves(v any) int {
	n := 0
	switch v := v.(type) {
	case params:
		for _, x := range v {
			n += countLeaves(x)
		}
	case []any:
		for _, x := range v {
			n += countLeaves(x)
		}
	default:
		n = 1
	}
	return n
}
