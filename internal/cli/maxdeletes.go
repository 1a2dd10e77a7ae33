package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"example.com/maasctl/pkg/plan"
)

// deleteLimit is how much a plan may take away: a number of objects, or a part of those that the plan knows to be there.
type deleteLimit struct {
	n       int
	percent bool
}

var _ pflag.Value = (*deleteLimit)(nil)

// Set reads 10 or 10%.
func (l *deleteLimit) Set(text string) error {
	number, percent := strings.CutSuffix(text, "%")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || percent && n > 100 {
		return fmt.Errorf("a number of objects, or a part of all such as 10%%")
	}
	*l = deleteLimit{n, percent}
	return nil
}

func (l *deleteLimit) String() string {
	if l.percent {
		return strconv.Itoa(l.n) + "%"
	}
	return strconv.Itoa(l.n)
}

// Type names the flag's kind of value.
func (*deleteLimit) Type() string { return "number" }

// check refuses a plan by which more goes: what it deletes, and what goes along with that. A part is one of the objects that
// are there and that the plan knows of.
func (l *deleteLimit) check(p *plan.Plan) error {
	s := p.Summary
	there := s.Update + s.Unchanged + s.Prune + s.Delete + s.Along
	if gone := s.Delete + s.Along; !l.percent && gone <= l.n || l.percent && gone*100 <= l.n*there {
		return nil
	}
	along, of := "", ""
	if s.Along > 0 {
		along = fmt.Sprintf(", %d more go along,", s.Along)
	}
	if l.percent {
		of = fmt.Sprintf(" of the %d that are there", there)
	}
	return fmt.Errorf("the plan deletes %s%s%s and --max-deletes allows %s; nothing was changed", objects(s.Delete), of, along, l)
}
