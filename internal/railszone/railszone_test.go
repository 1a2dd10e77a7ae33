package railszone

import (
	"errors"
	"testing"
	"time"
)

func TestEveryNameIsAWholeHourZone(t *testing.T) {
	for _, name := range Names() {
		zone, err := Load(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, offset := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC).In(zone).Zone(); offset%3600 != 0 {
			t.Errorf("%s is %d s from UTC: 3scale takes whole hours only", name, offset)
		}
	}
}

func TestNamesOfTheTZDatabaseAreRefused(t *testing.T) {
	var unknown *UnknownError
	if _, err := Load("Europe/Berlin"); !errors.As(err, &unknown) {
		t.Errorf("got %v", err)
	}
	if iana, ok := IANA("Berlin"); !ok || iana != "Europe/Berlin" {
		t.Errorf("got %q", iana)
	}
}
