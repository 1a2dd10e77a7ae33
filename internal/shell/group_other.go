//go:build !unix

package shell

import "os/exec"

// group is a command alone: where there are no groups of processes, its context ends nothing else.
type group struct{}

func newGroup(*exec.Cmd) group { return group{} }

func (group) kill() error { return nil }
func (group) close()      {}

func interrupted(error) bool { return false }
