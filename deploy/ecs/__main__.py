from deploy.ecs.cli.main import main

main()
