//go:build ignore

// Reads bodies as servers in Go do: the first document of the body, into a struct with a bool.
//
// One body a line in base64; for each a line with true, false or error.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
)

// A null after a value leaves a bool as it was, and unsets a pointer: servers have either.
type plain struct {
	Stream bool `json:"stream"`
}

type pointer struct {
	Stream *bool `json:"stream"`
}

func read(body []byte) string {
	var one plain
	var other pointer
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&one); err != nil {
		return "error"
	}
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&other); err != nil {
		return "error"
	}
	return fmt.Sprint(one.Stream || other.Stream != nil && *other.Stream)
}

func main() {
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadString('\n')
		if line == "" && err != nil {
			return
		}
		body, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace([]byte(line))))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(read(body))
	}
}
