package plan

import (
	"errors"
	"fmt"
	"testing"
)

func TestAllLocated(t *testing.T) {
	d := product("a", nil)
	d.Source = Source{File: "maas.yaml", Line: 3, Column: 5}
	here, unsaid, plain := d.Errorf("product a: no"), product("b", nil).Errorf("product b: no"), errors.New("no")
	if here.Error() != "maas.yaml:3:5: product a: no" || unsaid.Error() != "product b: no" {
		t.Error(here, unsaid)
	}
	for name, x := range map[string]struct {
		err  error
		want int
	}{
		"one":              {here, 1},
		"wrapped":          {fmt.Errorf("read: %w", here), 1},
		"several":          {fmt.Errorf("read: %w", errors.Join(here, fmt.Errorf("more: %w", here))), 2},
		"one without":      {errors.Join(here, unsaid), 0},
		"another of them":  {errors.Join(here, plain), 0},
		"nothing of these": {fmt.Errorf("read: %w", plain), 0},
		"none":             {nil, 0},
	} {
		if got := AllLocated(x.err); len(got) != x.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
