// Command pulumi-resource-openstack serves the resources of target openstack to Pulumi's engine.
//
// It is the Terraform provider of OpenStack behind Pulumi's bridge, as the vendor's plugin is, reduced to
// what resources.go lists. No schema is embedded: the engine asks for none while it deploys.
package main

import "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

func main() { tfbridge.Main(pluginName, pluginVersion, provider(), nil) }
