package cli

import (
	"fmt"
	"time"
)

// cost says what a command has cost so far.
func (c *connection) cost(d time.Duration) string {
	what := fmt.Sprintf("%d requests, %.1f s.", c.stats.Requests(), d.Seconds())
	if w := c.stats.Writes(); w > 0 {
		what = fmt.Sprintf("%d requests (%d writes), %.1f s.", c.stats.Requests(), w, d.Seconds())
	}
	return what
}
