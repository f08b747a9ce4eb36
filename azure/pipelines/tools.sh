#!/usr/bin/env bash
# What a deployment needs and an Ubuntu runner of GitHub or Azure DevOps lacks; az is there.
set -euo pipefail
keys=/usr/share/keyrings/hashicorp.gpg
curl -fsSL https://apt.releases.hashicorp.com/gpg | sudo gpg --dearmor --yes -o "$keys"
echo "deb [signed-by=$keys] https://apt.releases.hashicorp.com $(lsb_release -cs) main" |
  sudo tee /etc/apt/sources.list.d/hashicorp.list
sudo apt-get update -q
sudo apt-get install -q -y terraform=1.11.4-1
curl -fsSL https://raw.githubusercontent.com/databricks/setup-cli/v0.281.0/install.sh | sudo sh
python -m pip install --disable-pip-version-check uv==0.13.9
