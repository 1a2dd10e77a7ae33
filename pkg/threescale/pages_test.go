package threescale

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"testing"
)

// paged is a server's list, given in pages of 500 at most.
type paged struct {
	size  int
	asked []string
}

func (p *paged) get(_ context.Context, path string, out any) error {
	p.asked = append(p.asked, path)
	u, err := url.Parse(path)
	if err != nil {
		return err
	}
	page, _ := strconv.Atoi(u.Query().Get("page"))
	per, _ := strconv.Atoi(u.Query().Get("per_page"))
	l, ok := out.(*rows[int])
	if !ok || page < 1 || per != 500 {
		return fmt.Errorf("asked for %s", path)
	}
	for i := (page - 1) * per; i < min(page*per, p.size); i++ {
		l.Values = append(l.Values, i)
	}
	return nil
}

// TestPages holds that a list is read to its end, and with no request more than that takes: a full page may be the last.
func TestPages(t *testing.T) {
	for size, requests := range map[int]int{0: 1, 1: 1, 499: 1, 500: 2, 501: 2, 999: 2, 1000: 3, 1001: 3} {
		for _, path := range []string{"/a.json", "/a.json?b=c"} {
			server := &paged{size: size}
			got, err := pages[int](t.Context(), server, path)
			if err != nil || len(got) != size || len(server.asked) != requests {
				t.Errorf("%d of %d, by %v: %v", len(got), size, server.asked, err)
			}
			for i, v := range got {
				if i != v {
					t.Fatalf("%d stands at %d", v, i)
				}
			}
		}
	}
}
