package cli

import (
	"fmt"
	"time"

	"example.com/maasctl/internal/view"
)

// cost says what a command has cost so far.
func (c *connection) cost(d time.Duration) string {
	what := fmt.Sprintf("%d requests, %.1f s.", c.stats.Requests(), d.Seconds())
	if w := c.stats.Writes(); w > 0 {
		what = fmt.Sprintf("%d requests (%d writes), %.1f s.", c.stats.Requests(), w, d.Seconds())
	}
	return what
}

// sayCost tells on stderr what the command has cost, where --stats asks for it.
func (g *global) sayCost(c *connection, d time.Duration) {
	if g.stats {
		_ = view.Print(g.Err, "%d reads, %d writes, %d of them sent again, %.2f s, %.0f requests a second\n",
			c.stats.Reads(), c.stats.Writes(), c.stats.Repeated(), d.Seconds(), float64(c.stats.Requests())/max(d.Seconds(), 0.001))
	}
}
