package keycloak

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"example.com/maasctl/internal/representation"
	"example.com/maasctl/pkg/plan"
)

// check holds what is wanted to what the server has, beyond what the document alone shows: what it would refuse, or take and
// not keep, is said before anything is written. It asks only where the document gives a reason to.
func (r *reader) check(ctx context.Context) error {
	checks := map[string][]func(context.Context, *plan.Object) error{
		kindRealm:         {r.checkFlows, r.checkMail},
		kindProvider:      {r.checkFlows, r.checkPlugged},
		kindProfile:       {r.checkPlugged},
		kindPolicy:        {r.checkPlugged},
		kindClient:        {r.checkFlows},
		kindScope:         {r.checkScope},
		kindDefaultGroups: {r.checkDefaultGroups},
		kindUser:          {r.checkAttributes, r.checkActions},
		kindAction:        {r.checkNewAction},
	}
	fields := r.fieldCheck()
	for _, a := range slices.Sorted(maps.Keys(r.desired)) {
		d := r.desired[a]
		if d.Absent {
			continue
		}
		for _, check := range checks[d.Kind] {
			if err := check(ctx, d); err != nil {
				return fmt.Errorf("%s: %w", words(a), err)
			}
		}
		fields(ctx, d)
	}
	return r.refusals()
}

// isNew tells whether the plan creates an object.
func (r *reader) isNew(a plan.Address) bool { return r.state[a] == nil }

// checkDefaultGroups looks whether groups are there that the document names and doesn't make.
func (r *reader) checkDefaultGroups(ctx context.Context, d *plan.Object) error {
	set, _ := d.Fields[fieldGroup].(plan.Set)
	for _, name := range slices.Sorted(maps.Keys(set)) {
		group := groupAt(d.Address.Root(), name)
		if made := r.desired[group]; made != nil && !made.Absent {
			continue
		}
		if !r.isNew(d.Parent) {
			_, err := r.s.groupID(ctx, group)
			if err == nil {
				continue
			}
			if !isMissing(err) {
				return err
			}
		}
		r.refuse(d, fieldGroup, "there is no group %q, neither in the document nor on the server", name)
	}
	return nil
}

// checkMail looks whether a mail server has a sender: 26 wants one, whatever else there is to say.
func (r *reader) checkMail(ctx context.Context, d *plan.Object) error {
	said := ""
	for name, p := range nativeOf(d).paths {
		if p[0] == "smtpServer" && (said == "" || name < said) {
			said = name
		}
	}
	live := nativeOf(r.state[d.Address]).raw
	if said == "" || d.Fields["smtpServer.from"] != nil || text(at(live, "smtpServer", "from")) != "" || text(at(live, "smtpServer", "host")) != "" {
		return nil
	}
	if oldest, _ := representation.All().Versions(); r.version(ctx) > oldest {
		r.refuse(d, said, "smtpServer needs from, the address that mails come from: this server refuses one without it")
	}
	return nil
}
