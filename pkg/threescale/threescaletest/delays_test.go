package threescaletest_test

import (
	"net/http"
	"testing"
	"time"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

func TestBackendStaysUsedAfterItsProductWent(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := threescaletest.Start(t, threescaletest.Options{Now: c.Now})
	a := apiOf(s)
	p, b := a.product(t, "granite")
	a.must(t, 200, http.MethodDelete, "/admin/api/services/"+p+".json", nil)
	status := "/admin/api/objects/status.json?object_type=service&object_id=" + p
	v := a.must(t, 403, http.MethodDelete, "/admin/api/backend_apis/"+b+".json", nil)
	if m := at(t, v, "errors.base.0"); m != "cannot be deleted because it is used by at least one Product" {
		t.Errorf("the message is %v", m)
	}
	a.must(t, 422, http.MethodPost, "/admin/api/services.json", map[string]any{"name": "granite", "system_name": "granite"})
	a.must(t, 200, http.MethodGet, status, nil)
	c.advance(2900 * time.Millisecond)
	a.must(t, 403, http.MethodDelete, "/admin/api/backend_apis/"+b+".json", nil)
	c.advance(200 * time.Millisecond)
	a.must(t, 404, http.MethodGet, status, nil)
	a.must(t, 200, http.MethodDelete, "/admin/api/backend_apis/"+b+".json", nil)
	a.make(t, "/admin/api/services.json", map[string]any{"name": "granite", "system_name": "granite"})
}

func TestBackendIsReleasedAtOnceIfAsked(t *testing.T) {
	t.Parallel()
	s := threescaletest.Start(t, threescaletest.Options{BackendReleaseDelay: -1})
	a := apiOf(s)
	p, b := a.product(t, "granite")
	a.must(t, 200, http.MethodDelete, "/admin/api/services/"+p+".json", nil)
	a.must(t, 200, http.MethodDelete, "/admin/api/backend_apis/"+b+".json", nil)
}

func TestDeployDoesNothingBeforeTheServiceTokenCame(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := threescaletest.Start(t, threescaletest.Options{Now: c.Now, ServiceTokenDelay: time.Second})
	a := apiOf(s)
	p, _ := a.product(t, "granite")
	deploy, latest := "/admin/api/services/"+p+"/proxy/deploy.json", "/admin/api/services/"+p+"/proxy/configs/sandbox/latest.json"
	a.must(t, 201, http.MethodPost, deploy, nil)
	a.must(t, 404, http.MethodGet, latest, nil)
	c.advance(time.Second)
	a.must(t, 201, http.MethodPost, deploy, nil)
	v := a.must(t, 200, http.MethodGet, latest, nil)
	if n := at(t, v, "proxy_config.version"); n != 1.0 {
		t.Errorf("version %v, want 1", n)
	}
}

func TestLastAndDefaultProductStay(t *testing.T) {
	t.Parallel()
	s := threescaletest.Start(t, threescaletest.Options{})
	a := apiOf(s)
	v := a.must(t, 200, http.MethodGet, "/admin/api/services.json", nil)
	id := at(t, v, "services.0.service.id")
	if id != 2.0 {
		t.Fatalf("the first product has the id %v", id)
	}
	v = a.must(t, 403, http.MethodDelete, "/admin/api/services/2.json", nil)
	if at(t, v, "status") != "Forbidden" {
		t.Errorf("refused with %v", v)
	}
}
