package maas_test

import (
	"testing"

	"example.com/maasctl/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }
