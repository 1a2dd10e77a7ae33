package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

type sandboxOptions struct {
	*global
	listen string
	token  string
	log    string
}

func newSandbox(g *global) *cobra.Command {
	o := &sandboxOptions{global: g}
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Run a 3scale stand-in on this machine, to try everything without a cluster",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:3300", "`HOST:PORT` of the 3scale stand-in")
	cmd.Flags().StringVar(&o.token, "token", "sandbox", "access token of its tenant")
	cmd.Flags().StringVar(&o.log, "log", "", "write each request to `FILE` as JSON")
	return cmd
}

func (o *sandboxOptions) run(ctx context.Context) error {
	var log io.Writer
	if o.log != "" {
		f, err := os.Create(filepath.Join(o.Dir, o.log))
		if err != nil {
			return fmt.Errorf("log: %w", err)
		}
		defer func() { _ = f.Close() }()
		log = f
	}
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{
		Handler:           threescaletest.New(threescaletest.Options{Token: o.token, MasterToken: o.token + "-master", Log: log}),
		ReadHeaderTimeout: 10 * time.Second,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	address := "http://" + listener.Addr().String()
	_, _ = fmt.Fprintf(o.Out, "3scale %s token %s\n", address, o.token)
	_, _ = fmt.Fprintf(o.Err, "\nTry, in another terminal:\n"+
		"  export THREESCALE_TOKEN=%s\n"+
		"  maasctl diff -f examples/walkthrough/maas.yaml --set threescale.url=%s\n"+
		"  maasctl apply -f examples/walkthrough/maas.yaml --set threescale.url=%s\n"+
		"Ctrl-C stops it.\n", o.token, address, address)
	select {
	case err := <-failed:
		return err
	case <-o.Interrupts:
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}
