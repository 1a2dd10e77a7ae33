// maasctl turns maas.yaml into a running Models-as-a-Service platform on 3scale API Management and Keycloak.
package main

import (
	"os"

	"example.com/maasctl/internal/cli"
)

func main() { os.Exit(int(cli.Main())) }
