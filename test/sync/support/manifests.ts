/** Small manifests for tests, as text. */

export interface DeploymentText {
  readonly image?: string
  readonly replicas?: number
  readonly namespace?: string
  readonly label?: string
}

export function deployment(name: string, text: DeploymentText = {}): string {
  const { image = 'demo:1', replicas = 1, namespace, label = name } = text
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
${namespace === undefined ? '' : `  namespace: ${namespace}\n`}spec:
  replicas: ${replicas}
  selector:
    matchLabels: {app: ${label}}
  template:
    metadata:
      labels: {app: ${label}}
    spec:
      containers:
        - name: main
          image: ${image}
`
}

export function configMap(name: string, data: Readonly<Record<string, string>>, namespace?: string): string {
  const place = namespace === undefined ? '' : `, namespace: ${namespace}`
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${place}}\ndata: ${JSON.stringify(data)}\n`
}

export function secret(name: string, stringData: Readonly<Record<string, string>>): string {
  return `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}}\nstringData: ${JSON.stringify(stringData)}\n`
}

export function namespace(name: string): string {
  return `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`
}
