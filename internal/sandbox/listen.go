package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
)

const loopback = "127.0.0.1"

// listen opens the address that a flag names. An address without a host is this machine's own: the stand-ins have a token
// that everybody can guess.
func listen(ctx context.Context, flag, hostPort string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, fmt.Errorf("%s %q: an address looks like 127.0.0.1:3300: %w", flag, hostPort, err)
	}
	if host == "" {
		host = loopback
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s %s: something listens there already, perhaps another sandbox; name another port, or 0 for any free one", flag, hostPort)
	}
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", flag, hostPort, err)
	}
	return l, nil
}

// address is where clients on this machine find a listener.
func address(l net.Listener) string {
	a, ok := l.Addr().(*net.TCPAddr)
	if ok && a.IP.IsUnspecified() {
		return fmt.Sprintf("http://%s:%d", loopback, a.Port)
	}
	return "http://" + l.Addr().String()
}

// openToOthers warns of a listener that other machines reach; "" for the others.
func openToOthers(l net.Listener) string {
	if a, ok := l.Addr().(*net.TCPAddr); ok && a.IP.IsLoopback() {
		return ""
	}
	return fmt.Sprintf("%s is open to other machines, in clear and with credentials that everybody knows", l.Addr())
}
