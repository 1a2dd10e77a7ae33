package view

import (
	"fmt"
	"time"
)

// pace is how fast a run gets on: over the last half minute, since what is written changes in the course of it.
type pace struct {
	from, next time.Time // where it is measured from, and will be
	had, has   int       // what was done by then
}

const (
	paceWindow = 15 * time.Second // of which there are one or two
	paceShown  = 2 * time.Second  // after so long
)

// of is the rate and the time that is left, "" as long as nobody can tell.
func (p *pace) of(now time.Time, done, total int) string {
	if now.Sub(p.next) >= paceWindow {
		p.from, p.had, p.next, p.has = p.next, p.has, now, done
	}
	took := now.Sub(p.from)
	if took < paceShown || done <= p.had || done >= total {
		return ""
	}
	rate := float64(done-p.had) / took.Seconds()
	left := time.Duration(float64(total-done) / rate * float64(time.Second))
	return fmt.Sprintf("  %s/s, %s left", perSecond(rate), roughly(left))
}

func perSecond(rate float64) string {
	if rate < 10 {
		return fmt.Sprintf("%.1f", rate)
	}
	return fmt.Sprintf("%.0f", rate)
}

// roughly is a time as somebody who waits wants to know it.
func roughly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds())+1)
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes())+1)
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}
