package keycloak_test

import (
	"fmt"
	"math/rand"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/keycloak/keycloaktest"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// large is a realm of 500 clients with a mapper each, 50 roles, 20 groups with a role each, and an identity provider.
func large() string {
	var b strings.Builder
	b.WriteString("realms:\n  REALM:\n    roles:\n")
	for i := range 50 {
		fmt.Fprintf(&b, "      role-%d: {description: Role %d}\n", i, i)
	}
	b.WriteString("    clients:\n")
	for i := range 500 {
		fmt.Fprintf(&b, "      client-%d: {name: Client %d, redirectUris: [\"https://c%d.example.com/*\"], protocolMappers: {mail: {userProperty: email, claim: mail}}}\n", i, i, i)
	}
	b.WriteString("    groups:\n")
	for i := range 20 {
		fmt.Fprintf(&b, "      group-%d: {attributes: {cost: [c%d]}, roles: [role-%d]}\n", i, i, i)
	}
	b.WriteString("    identityProviders: {corp: {providerId: oidc, config: {clientId: a, authorizationUrl: \"https://a.example.com/a\", tokenUrl: \"https://a.example.com/t\"}}}\n")
	return b.String()
}

// The most requests that a large realm may take: created, and looked at when nothing has changed.
const (
	mostToCreate    = 620
	mostToLook      = 12
	secretsToMake18 = 500
)

func TestRequestsOfALargeRealm(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.config.Transport.Trace = nil
		most := int64(mostToCreate)
		if s.version == 18 {
			most += secretsToMake18
		}
		doc := w.document(large())
		w.run(doc)
		if n := w.stats.Requests(); n > most {
			t.Errorf("created with %d requests, %d of them reads; at most %d", n, w.stats.Reads(), most)
		}
		t.Logf("created with %d requests, %d of them reads", w.stats.Requests(), w.stats.Reads())
		w.sameInLog()
		before, writes := w.stats.Requests(), w.stats.Writes()
		_, again, _ := w.plan(doc)
		looked := w.stats.Requests() - before
		t.Logf("nothing changed: %d requests", looked)
		if !again.Empty || looked > mostToLook || w.stats.Writes()-writes > 1 { // the one is for the token
			t.Errorf("nothing changed: %d requests, %d of them writes; %d changes", looked, w.stats.Writes()-writes, len(again.Changes))
		}
		w.sameInLog()
	})
}

// sameInLog holds the transport's count to the server's own log: each request names the realm as its agent.
func (w *world) sameInLog() {
	w.t.Helper()
	if w.s.log == "" {
		return
	}
	var logged int64
	for until := time.Now().Add(10 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		text, err := os.ReadFile(w.s.log)
		if err != nil {
			w.t.Fatal(err)
		}
		if logged = int64(strings.Count(string(text), " "+w.realm+"\n")); logged >= w.stats.Requests() {
			break // a line may come after the answer
		}
	}
	if logged != w.stats.Requests() {
		w.t.Errorf("the server has logged %d requests, not %d", logged, w.stats.Requests())
	}
}

// What the document has no key for isn't read.
func TestOnlyWhatIsSaidIsRead(t *testing.T) {
	s := watch(t, keycloaktest.Options{})
	w := newWorld(t, s.server)
	w.applyText(`realms: {REALM: {displayName: a}}`)
	before := s.count("GET")
	w.plan(w.document(`realms: {REALM: {displayName: a}}`))
	if n := s.count("GET") - before; n != 2 { // the base path, the realm
		t.Errorf("%d reads", n)
	}
}

// Secrets are asked for one by one on 18, so only for the clients whose secret somebody needs.
func TestSecretsAreReadWhereNeeded(t *testing.T) {
	s := watch(t, keycloaktest.Options{Version: 18})
	w := newWorld(t, s.server)
	doc := w.withSignIn(`realms: {REALM: {clients: {a: {}, b: {}, c: {}}}}`, "b")
	w.run(doc)
	before := s.count("GET client-secret")
	_, p, live := w.plan(doc)
	if n := s.count("GET client-secret") - before; n != 1 || !p.Empty {
		t.Errorf("%d secrets read, %d changes", n, len(p.Changes))
	}
	o := live[plan.Address("keycloak:realm/"+w.realm+"/client/b")]
	if v, ok := o.Outputs["secret"].(secret.Value); !ok || v.Reveal() == "" {
		t.Errorf("%v", o.Outputs)
	}
}

// An output that names a client's secret needs it read, however it is written.
func TestSecretsOfOutputsAreRead(t *testing.T) {
	for _, output := range []string{"${realms.REALM.clients.b.secret}", `the ${realms["REALM"].clients["b"].secret} of it`} {
		s := watch(t, keycloaktest.Options{Version: 18})
		w := newWorld(t, s.server)
		doc := w.document("realms: {REALM: {clients: {a: {}, b: {}}}}\noutputs: {one: '" + output + "', other: '${realms.REALM.clients.a.clientId}'}")
		w.run(doc)
		before := s.count("GET client-secret")
		if _, p, _ := w.plan(doc); s.count("GET client-secret") != before+1 || !p.Empty {
			t.Errorf("%s: %d secrets read, %d changes", output, s.count("GET client-secret")-before, len(p.Changes))
		}
	}
}

// withSignIn is a document whose portal signs in by a client of the realm; the 3scale part is nobody's here.
func (w *world) withSignIn(text, client string) *maas.Document {
	w.t.Helper()
	return w.document("threescale: {url: \"https://maas-admin.example.com\", token: \"${env:U}\"}\n" +
		"tenant: {signIn: {rhsso: {kind: keycloak, name: SSO, client: REALM/" + client + "}}}\n" + text)
}

// taker takes over what a client hands on, and keeps it.
type taker struct {
	client plan.Address
	got    map[string]any
}

func TestHandOver(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		doc := w.withSignIn(`realms: {REALM: {clients: {sso: {redirectUris: ["https://p.example.com/*"]}}}}`, "sso")
		got := w.takeOver(doc)
		id, _ := w.client("sso")["id"].(string)
		actual := w.get("/clients/" + id + "/client-secret")["value"]
		if got["clientId"] != "sso" || got["issuer"] != s.url+"/realms/"+w.realm || actual == nil || got["secret"].(secret.Value).Reveal() != actual {
			t.Errorf("handed on: %v", got)
		}
		if strings.Contains(w.trace.String(), actual.(string)) {
			t.Error("the secret stands in the trace")
		}
		// One that was made by another way and has no secret, as on 18, gets one when it is needed.
		w.admin.must(http.MethodPost, "/"+w.realm+"/clients", map[string]any{"clientId": "bare"})
		got = w.takeOver(w.withSignIn(`realms: {REALM: {clients: {bare: {}}}}`, "bare"))
		id, _ = w.client("bare")["id"].(string)
		if actual := w.get("/clients/" + id + "/client-secret")["value"]; actual == nil || got["secret"].(secret.Value).Reveal() != actual {
			t.Errorf("made when needed: %v", got)
		}
		// A given secret is handed on as it is.
		w.variables["S"] = "given-secret"
		if got = w.takeOver(w.withSignIn(`realms: {REALM: {clients: {bare: {secret: "${env:S}"}}}}`, "bare")); got["secret"].(secret.Value).Reveal() != "given-secret" {
			t.Error("the given secret isn't handed on")
		}
	})
}

// takeOver applies a document and collects what its client hands on: as it is after its change, or as it was read.
func (w *world) takeOver(doc *maas.Document) map[string]any {
	w.t.Helper()
	client := doc.Tenant.SignIn[0].Value.Client
	tk := &taker{client: plan.Address("keycloak:realm/" + client.Realm + "/client/" + client.Client), got: map[string]any{}}
	e, p, live := w.plan(doc)
	if o, ok := live[tk.client]; ok {
		for _, f := range []string{"clientId", "issuer", "secret"} {
			tk.got[f] = o.Outputs[f]
		}
	}
	for _, c := range p.Changes {
		out, err := e.Systems[0].Execute(w.t.Context(), c, func(plan.Handed) (any, error) { return nil, nil })
		if err != nil {
			w.t.Fatal(err)
		}
		if c.Address == tk.client {
			for f, v := range out {
				tk.got[f] = v
			}
		}
	}
	return tk.got
}

func TestCollidingWritesAreTriedAgain(t *testing.T) {
	for _, version := range []int{26, 18} {
		s := stub(t, keycloaktest.Options{Version: version, Collide: 2})
		w := newWorld(t, s)
		w.applyText(`realms: {REALM: {clients: {a: {}, b: {}, c: {}}, roles: {r: {}}, clientProfiles: {p: {executors: []}}}}`)
		w.applyText(`realms: {REALM: {displayName: x, clients: {a: {name: x}, b: {name: x}, c: {name: x}}, roles: {r: {description: x}}, clientProfiles: {p: {description: x}}}}`)
	}
}

// Somebody else writes the same objects all the time: 26 then refuses some PUTs of a client with a 409, 18 some of a realm
// with an empty 500, or a 400.
func TestWritesBesideOthers(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.applyText(`realms: {REALM: {clients: {c: {}}}}`)
		id, _ := w.client("c")["id"].(string)
		stop := make(chan struct{})
		var others sync.WaitGroup
		for i := range 6 {
			a := newAdmin(t, s.url)
			others.Go(func() {
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					default:
					}
					if uris := []string{fmt.Sprintf("https://%d.example.com/*", n%3), fmt.Sprintf("https://%d.example.com/*", i)}; s.version == 26 {
						a.call(http.MethodPut, "/"+w.realm+"/clients/"+id, map[string]any{"clientId": "c", "redirectUris": uris})
					} else {
						a.call(http.MethodPut, "/"+w.realm, map[string]any{"realm": w.realm, "loginTheme": fmt.Sprint(n, i)})
					}
				}
			})
		}
		collided := func() bool {
			return strings.Contains(w.trace.String(), `"status":409`) || strings.Contains(w.trace.String(), `"status":500`) || strings.Contains(w.trace.String(), `"status":400`)
		}
		for round := range 40 {
			w.run(w.document(fmt.Sprintf(`realms: {REALM: {displayName: name %d, clients: {c: {name: name %[1]d}}}}`, round)))
			if !s.real && round == 3 || collided() { // stand-ins do one thing after the other
				break
			}
		}
		close(stop)
		others.Wait()
		if s.real && !collided() {
			t.Error("no write met another: nothing was tried here")
		}
	})
}

// A create that finds the object there changes it instead: what a new realm has by itself, or what somebody else has just made.
func TestCreateOfWhatIsThere(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		doc := w.document(`realms: {REALM: {clients: {account: {description: changed}, late: {name: x, protocolMappers: {m: {userProperty: email, claim: e}}}},
  clientScopes: {late: {description: x}}, roles: {offline_access: {description: changed}, late: {description: x}}, groups: {late: {attributes: {a: [x]}}},
  identityProviders: {late: {providerId: oidc, displayName: x, config: {clientId: a, authorizationUrl: "https://a.example.com/a", tokenUrl: "https://a.example.com/t"},
    mappers: {m: {identityProviderMapper: hardcoded-attribute-idp-mapper, config: {attribute: a, attribute.value: x}}}}}, users: {late: {firstName: X}}}}`)
		e, p, live := w.plan(doc)
		provider := map[string]any{"alias": "late", "providerId": "oidc", "config": map[string]any{"clientId": "b", "authorizationUrl": "https://b.example.com/a", "tokenUrl": "https://b.example.com/t"}}
		w.admin.must(http.MethodPost, "", map[string]any{"realm": w.realm, "enabled": true})
		for path, body := range map[string]map[string]any{
			"/clients": {"clientId": "late"}, "/client-scopes": {"name": "late", "protocol": "openid-connect"}, "/roles": {"name": "late"},
			"/groups": {"name": "late"}, "/users": {"username": "late"}, "/identity-provider/instances": provider,
		} {
			w.admin.must(http.MethodPost, "/"+w.realm+path, body)
		}
		w.admin.must(http.MethodPost, "/"+w.realm+"/identity-provider/instances/late/mappers",
			map[string]any{"name": "m", "identityProviderAlias": "late", "identityProviderMapper": "hardcoded-attribute-idp-mapper", "config": map[string]any{"attribute": "b", "attribute.value": "z"}})
		if err := e.Apply(t.Context(), p, live, apply.Options{}).Err(); err != nil {
			t.Fatal(err)
		}
		_, again, _ := w.plan(doc)
		for _, c := range again.Changes {
			t.Errorf("%s: %s", c.Address, lines(c.Fields))
		}
	})
}

// A run that is broken off leaves what the next one finishes.
func TestSecondRunFinishesTheFirst(t *testing.T) {
	s := stub(t, keycloaktest.Options{})
	w := newWorld(t, s)
	doc := w.document(lower(whole))
	e, p, live := w.plan(doc)
	stop, seen := make(chan struct{}), 0
	e.Apply(t.Context(), p, live, apply.Options{Concurrency: 2, Stop: stop, Observe: func(ev apply.Event) {
		if ev.State == apply.Done {
			if seen++; seen == 7 {
				close(stop)
			}
		}
	}})
	_, rest, _ := w.plan(doc)
	if rest.Empty || len(rest.Changes) >= len(p.Changes) {
		t.Errorf("of %d changes %d are left", len(p.Changes), len(rest.Changes))
	}
	w.apply(doc)
}

// The same document in any order gives the same plan.
func TestOrderHasNoMeaning(t *testing.T) {
	s := stub(t, keycloaktest.Options{})
	w := newWorld(t, s)
	doc := w.document(lower(whole))
	_, first, _ := w.plan(doc)
	for range 5 {
		r := doc.Realms[0].Value
		rand.Shuffle(len(r.Clients), func(i, j int) { r.Clients[i], r.Clients[j] = r.Clients[j], r.Clients[i] })
		rand.Shuffle(len(r.Groups), func(i, j int) { r.Groups[i], r.Groups[j] = r.Groups[j], r.Groups[i] })
		rand.Shuffle(len(r.Roles), func(i, j int) { r.Roles[i], r.Roles[j] = r.Roles[j], r.Roles[i] })
		_, p, _ := w.plan(doc)
		if text(t, p) != text(t, first) {
			t.Fatal("another order, another plan")
		}
	}
}

// Fields that this program has never heard of go to the server and come back.
func TestUnknownFieldsPassBothWays(t *testing.T) {
	s := stub(t, keycloaktest.Options{Knows: []string{"fieldOfTomorrow", "anotherField"}})
	w := newWorld(t, s)
	w.applyText(`realms: {REALM: {fieldOfTomorrow: {deep: [1, {a: b}]}, clients: {c: {fieldOfTomorrow: 3}}, roles: {r: {fieldOfTomorrow: true}}, groups: {g: {fieldOfTomorrow: x}}}}`)
	w.admin.must(http.MethodPut, "/"+w.realm+"/clients/"+w.client("c")["id"].(string), map[string]any{"clientId": "c", "anotherField": "kept"})
	w.applyText(`realms: {REALM: {clients: {c: {fieldOfTomorrow: 4, name: n}}}}`)
	if c := w.client("c"); c["anotherField"] != "kept" || c["fieldOfTomorrow"] != 4.0 {
		t.Errorf("%v", c)
	}
}

// A field that the server doesn't know is refused with its word for it.
func TestFieldThatTheServerDoesntKnow(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		for text, says := range map[string]string{
			`realms: {REALM: {clients: {c: {bogus: 1}}}}`: `Unrecognized field "bogus"`,
			`realms: {REALM: {roles: {r: {bogus: 1}}}}`:   `Unrecognized field "bogus"`,
		} {
			w.run(w.document(`realms: {REALM: {}}`))
			e, p, live := w.plan(w.document(text))
			if err := e.Apply(t.Context(), p, live, apply.Options{}).Err(); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v", text, err)
			}
		}
		other := newWorld(t, s)
		e, p, live := other.plan(other.document(`realms: {REALM: {bogus: 1}}`))
		err := e.Apply(t.Context(), p, live, apply.Options{}).Err()
		if err == nil || !strings.Contains(err.Error(), "Unrecognized field") && !strings.Contains(err.Error(), "a field that this server doesn't know") {
			t.Errorf("%v", err)
		}
	})
}
